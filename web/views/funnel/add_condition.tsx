/** Narrows a step to events of a category, product, page or price. */
import { useRef, useState } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { STEP_COLUMNS, type StepFilter } from '../../parts/step_words.ts'
import { ValueField } from '../../parts/value_field.tsx'

type Column = StepFilter['column']

const COLUMNS = Object.keys(STEP_COLUMNS) as readonly Column[]
const OPERATORS: readonly { readonly value: StepFilter['operator']; readonly title: string }[] = [
  { value: '=', title: 'is' },
  { value: '!=', title: 'is not' },
  { value: '>=', title: 'is at least' },
  { value: '<=', title: 'is at most' },
]

interface AddConditionProps {
  /** Which step, for those who listen. */
  readonly about: string
  readonly onAdd: (filter: StepFilter) => void
}

export function AddCondition({ about, onAdd }: AddConditionProps) {
  const place = useRef<HTMLDetailsElement>(null)
  const [state, setState] = useState<'open' | 'closed'>('closed')
  const [column, setColumn] = useState<Column>('category')
  // Only prices are more or less than another.
  const operators = column === 'price' ? OPERATORS : OPERATORS.slice(0, 2)
  const give = (form: FormData) => {
    const [operator, value] = [String(form.get('operator')), String(form.get('value')).trim()]
    onAdd({ column, operator: operator as StepFilter['operator'], value })
    if (place.current) place.current.open = false
    place.current?.querySelector('summary')?.focus()
  }
  return (
    <details
      className="pop pop-start"
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape') return
        currentTarget.open = false
        currentTarget.querySelector('summary')?.focus()
      }}
      onToggle={({ currentTarget }) => setState(currentTarget.open ? 'open' : 'closed')}
      ref={place}
    >
      <summary aria-label={`Condition of ${about}`} className="small-button">
        <Icon name="add" size={13} />
        Condition
      </summary>
      <form action={give} className="pop-body">
        <label className="field">
          Of the event
          <select onChange={({ target }) => setColumn(target.value as Column)} value={column}>
            {COLUMNS.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Comparison
          <select name="operator">
            {operators.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <ValueField
          column={state === 'open' && column !== 'price' ? column : null}
          name="value"
          required
          title={column === 'price' ? 'Amount, such as 19.99' : 'Value'}
        />
        <button className="button primary" type="submit">
          Add the condition
        </button>
      </form>
    </details>
  )
}
