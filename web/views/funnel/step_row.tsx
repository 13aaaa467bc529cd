/** One step: what kind of event, which of them, whether it may be left out, and where it stands. */

import { formatWord } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import { type Step, type StepFilter, sayFilter, stepOf, wordOf } from '../../parts/step_words.ts'
import { AddCondition } from './add_condition.tsx'

export type StepAct =
  | { readonly kind: 'change'; readonly word: string }
  | { readonly kind: 'up' | 'down' | 'remove' }

interface StepRowProps {
  readonly word: string
  readonly at: number
  readonly last: number
  readonly mayBeOptional: boolean
  /** Event types that the shop has. */
  readonly types: readonly string[]
  readonly onAct: (act: StepAct) => void
}

export function StepRow({ word, at, last, mayBeOptional, types, onAct }: StepRowProps) {
  const step = stepOf(word)
  const name = step.event_type === null ? 'any event' : formatWord(step.event_type)
  const set = (changed: Partial<Step>) =>
    onAct({ kind: 'change', word: wordOf({ ...step, ...changed }) })
  const isOptional = step.need === 'optional'
  return (
    <li className="step" data-step={at}>
      <div className="step-line">
        <span className="funnel-number number">{at + 1}</span>
        <TypeSelect
          at={at}
          onChange={(event_type) => set({ event_type })}
          step={step}
          types={types}
        />
        <Move act="up" disabled={at === 0} name={`Move ${name} up`} onAct={onAct} />
        <Move act="down" disabled={at === last} name={`Move ${name} down`} onAct={onAct} />
        <Move act="remove" disabled={false} name={`Remove ${name}`} onAct={onAct} />
      </div>
      <div className="step-more">
        {step.filters.map((filter) => (
          <Condition
            filter={filter}
            key={sayFilter(filter)}
            onRemove={() => set({ filters: step.filters.filter((one) => one !== filter) })}
          />
        ))}
        <AddCondition
          about={name}
          onAdd={(filter) => set({ filters: [...step.filters, filter] })}
        />
        {mayBeOptional && (
          <button
            aria-pressed={isOptional}
            className="small-button"
            onClick={() => set({ need: isOptional ? 'required' : 'optional' })}
            title="Counted where it happens; nobody has to do it"
            type="button"
          >
            {isOptional && <Icon name="check" size={13} />}
            Optional
          </button>
        )}
      </div>
    </li>
  )
}

interface TypeSelectProps {
  readonly step: Step
  readonly at: number
  readonly types: readonly string[]
  readonly onChange: (event_type: string | null) => void
}

/** `*` stands for any event: a type cannot be called so. */
function TypeSelect({ step, at, types, onChange }: TypeSelectProps) {
  const own = step.event_type === null || types.includes(step.event_type) ? [] : [step.event_type]
  return (
    <select
      aria-label={`Step ${at + 1}`}
      className="input"
      onChange={({ target }) => onChange(target.value === '*' ? null : target.value)}
      value={step.event_type ?? '*'}
    >
      {[...own, ...types].map((type) => (
        <option key={type} value={type}>
          {formatWord(type)}
        </option>
      ))}
      <option value="*">any event</option>
    </select>
  )
}

interface MoveProps {
  readonly act: 'up' | 'down' | 'remove'
  readonly name: string
  readonly disabled: boolean
  readonly onAct: (act: StepAct) => void
}

function Move({ act, name, disabled, onAct }: MoveProps) {
  return (
    <button
      aria-label={name}
      className="icon-button small"
      data-act={act}
      disabled={disabled}
      onClick={() => onAct({ kind: act })}
      title={name}
      type="button"
    >
      <Icon name={act === 'remove' ? 'close' : act} size={15} />
    </button>
  )
}

interface ConditionProps {
  readonly filter: StepFilter
  readonly onRemove: () => void
}

function Condition({ filter, onRemove }: ConditionProps) {
  const said = sayFilter(filter)
  return (
    <span className="chip">
      {said}
      <button aria-label={`Remove: ${said}`} onClick={onRemove} type="button">
        <Icon name="close" size={13} />
      </button>
    </span>
  )
}
