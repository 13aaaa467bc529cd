/**
 * Which sessions are meant, as the API's `where` says it: `channel=email`, `utm_source!=ads`.
 * Shared by views, so that a filter stays when somebody goes from one to the next.
 */
import { useState } from 'react'
import { useFields } from '../state/address.ts'
import { SHARED } from '../state/shared.ts'
import { formatWord } from './format.ts'
import { Icon } from './icon.tsx'
import { Pop } from './pop.tsx'
import { ValueField } from './value_field.tsx'

/** Longest first: `>=` is not `>`. */
const OPERATORS = ['!=', '>=', '<=', '=', '>', '<'] as const
const WORDS: Readonly<Record<string, string>> = { '=': 'is', '!=': 'is not' }

interface FilterBarProps {
  /** Columns that the view's question knows. */
  readonly columns: readonly string[]
  /** What is filtered, where it is not what the view counts. */
  readonly of?: string
}

export function FilterBar({ columns, of }: FilterBarProps) {
  const [{ where }, change] = useFields(SHARED)
  return (
    <>
      {where.map((filter) => (
        <span
          className="chip"
          data-state={knows(columns, filter) ? 'used' : 'idle'}
          key={filter}
          title={knows(columns, filter) ? undefined : 'This view cannot filter by it'}
        >
          {of && `${of}: `}
          {formatFilter(filter)}
          <button
            aria-label={`Remove the filter ${formatFilter(filter)}`}
            onClick={() => change({ where: where.filter((one) => one !== filter) })}
            type="button"
          >
            <Icon name="close" size={13} />
          </button>
        </span>
      ))}
      <AddFilter
        columns={columns}
        {...(of ? { of } : {})}
        onAdd={(filter) => change({ where: [...where.filter((one) => one !== filter), filter] })}
      />
    </>
  )
}

function partsOf(filter: string) {
  const operator = OPERATORS.find((one) => filter.includes(one)) ?? '='
  return { operator, at: filter.indexOf(operator) }
}

const knows = (columns: readonly string[], filter: string): boolean =>
  columns.includes(filter.slice(0, partsOf(filter).at).trim())

/** Of the filters that views share, those that this one's question understands. */
export const filtersFor = (columns: readonly string[], where: readonly string[]) =>
  where.filter((filter) => knows(columns, filter))

/** The same, of the address. */
export function useFilters(columns: readonly string[]): readonly string[] {
  const [{ where }] = useFields(SHARED)
  return filtersFor(columns, where)
}

export function formatFilter(filter: string): string {
  const { operator, at } = partsOf(filter)
  const value = filter.slice(at + operator.length)
  return `${formatWord(filter.slice(0, at))} ${WORDS[operator] ?? operator} ${value || '(none)'}`
}

interface AddFilterProps extends FilterBarProps {
  readonly onAdd: (filter: string) => void
}

function AddFilter({ columns, of, onAdd }: AddFilterProps) {
  const [column, setColumn] = useState(columns[0] ?? '')
  const give = (form: FormData) => {
    onAdd(`${form.get('column')}${form.get('operator')}${form.get('value')}`)
  }
  return (
    <Pop title={of ? `Filter by ${of.toLowerCase()}` : 'Filter'}>
      {({ state, close }) => (
        <form action={give} onSubmit={close}>
          <label className="field">
            Column
            <select name="column" onChange={({ target }) => setColumn(target.value)} value={column}>
              {columns.map((name) => (
                <option key={name} value={name}>
                  {formatWord(name)}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            Comparison
            <select name="operator">
              {['=', '!=', '>', '<', '>=', '<='].map((operator) => (
                <option key={operator} value={operator}>
                  {WORDS[operator] ?? operator}
                </option>
              ))}
            </select>
          </label>
          <ValueField
            column={state === 'open' ? column : null}
            name="value"
            title="Value; empty for none"
          />
          <button className="button primary" type="submit">
            Add
          </button>
        </form>
      )}
    </Pop>
  )
}
