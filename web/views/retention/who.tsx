/** What makes somebody a member of a cohort, and what counts as being back. */
import { useAnswer } from '../../api/use_answer.ts'
import { Select } from '../../parts/controls.tsx'
import { formatWord } from '../../parts/format.ts'
import { useFields } from '../../state/address.ts'
import { FIELDS } from './fields.ts'

const FIRST = [
  { value: 'visit', title: 'first visit' },
  { value: 'purchase', title: 'first purchase' },
]
const BACK = [
  { value: 'visit', title: 'came back' },
  { value: 'purchase', title: 'bought again' },
  { value: 'any', title: 'came back or bought' },
]

/** A purchase is an order here, whoever told of it. */
const OWN: ReadonlySet<string> = new Set(['visit', 'purchase', 'any'])

export function Who() {
  const [{ cohort, return: back }, change] = useFields(FIELDS)
  const { answer } = useAnswer('/api/values/{column}', { column: 'event_type' })
  const types = (answer?.values ?? []).map(({ value }) => value).filter((type) => !OWN.has(type))
  const more = (own: string) => (OWN.has(own) || types.includes(own) ? types : [own, ...types])
  return (
    <section aria-label="Of whom" className="way">
      <span className="way-part">
        Of those with their
        <Select
          name="First act"
          onChange={(value) => change({ cohort: value })}
          options={[
            ...FIRST,
            ...more(cohort).map((value) => ({ value, title: `first ${formatWord(value)}` })),
          ]}
          value={cohort}
        />
      </span>
      <span className="way-part">
        in one period, how many
        <Select
          name="Act of coming back"
          onChange={(value) => change({ return: value })}
          options={[
            ...BACK,
            ...more(back).map((value) => ({ value, title: `did ${formatWord(value)}` })),
          ]}
          value={back}
        />
        in a later one?
      </span>
    </section>
  )
}
