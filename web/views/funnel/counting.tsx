/** How a funnel is counted: of what, in which order, how fast, and without what between. */
import { Segments, Select } from '../../parts/controls.tsx'
import { formatWord } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Pop } from '../../parts/pop.tsx'
import { sayStep } from '../../parts/step_words.ts'
import { useFields } from '../../state/address.ts'
import { FIELDS } from './fields.ts'

const SCOPES = [
  { value: 'session', title: 'Sessions' },
  { value: 'person', title: 'People' },
] as const

const ORDERS = [
  { value: 'loose', title: 'in this order' },
  { value: 'strict', title: 'in this order, nothing between' },
  { value: 'any', title: 'in any order' },
] as const

const WITHIN = [
  { value: '', title: 'any time' },
  { value: '10m', title: '10 minutes' },
  { value: '30m', title: '30 minutes' },
  { value: '1h', title: '1 hour' },
  { value: '4h', title: '4 hours' },
  { value: '1d', title: '1 day' },
  { value: '7d', title: '7 days' },
  { value: '30d', title: '30 days' },
] as const

export function Counting({ types }: { readonly types: readonly string[] }) {
  const [{ scope, order, within, exclude }, change] = useFields(FIELDS)
  const known = WITHIN.some(({ value }) => value === within)
  return (
    <dl className="counting">
      <dt>Count</dt>
      <dd>
        <Segments
          name="What is counted"
          onChange={(value) => change({ scope: value })}
          options={SCOPES}
          value={scope}
        />
      </dd>
      <dt>Steps</dt>
      <dd>
        <Select
          name="Order of the steps"
          onChange={(value) => change({ order: value as (typeof ORDERS)[number]['value'] })}
          options={ORDERS}
          value={order}
        />
      </dd>
      <dt>Within</dt>
      <dd>
        <Select
          name="Time from the first step"
          onChange={(value) => change({ within: value })}
          options={known ? WITHIN : [...WITHIN, { value: within, title: within }]}
          value={within}
        />
      </dd>
      <dt>Without</dt>
      <dd className="step-more">
        {exclude.map((word) => (
          <span className="chip" key={word}>
            {sayStep(word)}
            <button
              aria-label={`No longer exclude ${sayStep(word)}`}
              onClick={() => change({ exclude: exclude.filter((one) => one !== word) })}
              type="button"
            >
              <Icon name="close" size={13} />
            </button>
          </span>
        ))}
        <AddExclusion
          onAdd={(type) => change({ exclude: [...exclude, type] })}
          types={types.filter((type) => !exclude.includes(type))}
        />
      </dd>
    </dl>
  )
}

interface AddExclusionProps {
  readonly types: readonly string[]
  readonly onAdd: (type: string) => void
}

function AddExclusion({ types, onAdd }: AddExclusionProps) {
  return (
    <Pop
      from="left"
      hint="An event between the first and the last step that ends the way"
      size="small"
      title="Exclude"
    >
      {({ close }) => (
        <div className="add">
          {types.map((type) => (
            <button
              className="add-button"
              key={type}
              onClick={() => {
                onAdd(type)
                close()
              }}
              type="button"
            >
              {formatWord(type)}
            </button>
          ))}
        </div>
      )}
    </Pop>
  )
}
