/** Where the ways that are shown begin and end, and how far they are followed. */
import { useAnswer } from '../../api/use_answer.ts'
import { Select } from '../../parts/controls.tsx'
import { formatWord } from '../../parts/format.ts'
import { sayStep } from '../../parts/step_words.ts'
import { useFields } from '../../state/address.ts'
import { FIELDS, sayValue, stepAt } from './fields.ts'

const DEPTHS = [3, 4, 5, 6, 8, 10].map((depth) => ({
  value: String(depth),
  title: `${depth} steps`,
}))
const REPEATS = [
  { value: 'collapse', title: 'repeated steps as one' },
  { value: 'keep', title: 'every step' },
] as const

const CHOICES_MAX = 60

export function Way() {
  const [{ by, start, end, depth, repeats }, change] = useFields(FIELDS)
  return (
    <section aria-label="Which ways" className="way">
      <span className="way-part">
        From
        <StepSelect
          name="Where it begins"
          none="the beginning"
          onChange={(word) => change({ start: word })}
          value={start}
        />
      </span>
      <span className="way-part">
        to
        <StepSelect
          name="Where it ends"
          none="wherever it leads"
          onChange={(word) => change({ end: word })}
          value={end}
        />
      </span>
      <span className="way-part">
        <Select
          name="How far"
          onChange={(value) => change({ depth: Number(value) })}
          options={
            DEPTHS.some(({ value }) => value === String(depth))
              ? DEPTHS
              : [...DEPTHS, { value: String(depth), title: `${depth} steps` }]
          }
          value={String(depth)}
        />
        <Select
          name="Repeats"
          onChange={(value) => change({ repeats: value === 'keep' ? 'keep' : 'collapse' })}
          options={REPEATS}
          value={repeats}
        />
      </span>
      {by !== 'event_type' && <p className="note">Steps without a {by} are passed over.</p>}
    </section>
  )
}

interface StepSelectProps {
  readonly name: string
  readonly none: string
  readonly value: string
  readonly onChange: (word: string) => void
}

/** Steps of the kind that is shown, and kinds of events. */
function StepSelect({ name, none, value, onChange }: StepSelectProps) {
  const [{ by }] = useFields(FIELDS)
  const types = useAnswer('/api/values/{column}', { column: 'event_type' })
  const asked = by === 'event_type' ? null : { column: by, limit: CHOICES_MAX }
  const values = useAnswer('/api/values/{column}', asked)
  const ofTypes = (types.answer?.values ?? []).map((told) => ({
    value: stepAt('event_type', told.value),
    title: formatWord(told.value),
  }))
  const ofKind =
    asked && values.state === 'ready'
      ? (values.answer?.values ?? []).map((told) => ({
          value: stepAt(by, told.value),
          title: sayValue(by, told.value),
        }))
      : []
  const isKnown = value === '' || [...ofTypes, ...ofKind].some((each) => each.value === value)
  const options = [
    { value: '', title: none },
    ...(isKnown ? [] : [{ value, title: sayStep(value) }]),
    ...ofTypes,
    ...ofKind,
  ]
  return <Select name={name} onChange={onChange} options={options} value={value} />
}
