/** Narrows a step to events of a category, product, page or price. */
import { useState } from 'react'
import { Pop } from '../../parts/pop.tsx'
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
  const [column, setColumn] = useState<Column>('category')
  // Only prices are more or less than another.
  const operators = column === 'price' ? OPERATORS : OPERATORS.slice(0, 2)
  const give = (form: FormData) => {
    const [operator, value] = [String(form.get('operator')), String(form.get('value')).trim()]
    onAdd({ column, operator: operator as StepFilter['operator'], value })
  }
  return (
    <Pop from="left" name={`Condition of ${about}`} size="small" title="Condition">
      {({ state, close }) => (
        <form action={give} onSubmit={close}>
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
      )}
    </Pop>
  )
}
