/** A field for a value of a column, which offers those of the shop, the most frequent first. */
import { useId } from 'react'
import { useAnswer } from '../api/use_answer.ts'

interface ValueFieldProps {
  readonly title: string
  readonly name: string
  /** Null offers nothing yet, such as while nobody sees the field. */
  readonly column: string | null
  readonly required?: boolean
}

export function ValueField({ title, name, column, required = false }: ValueFieldProps) {
  const list = useId()
  const { answer } = useAnswer('/api/values/{column}', column === null ? null : { column })
  return (
    <label className="field">
      {title}
      <input autoComplete="off" list={list} name={name} required={required} />
      <datalist id={list}>
        {answer?.values.map(({ value }) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </label>
  )
}
