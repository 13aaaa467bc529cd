/** Values that columns must have; several of one column are alternatives. */
import type { TableInfo } from '../../api/catalogue.ts'
import { formatFilter } from '../../parts/filter_bar.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pop } from '../../parts/pop.tsx'
import { useFields } from '../../state/address.ts'
import { list } from '../../state/fields.ts'

const FIELDS = { filter: list() } as const

/** As the API takes them: a member per column with the values that it may have. */
export function filtersOf(
  filters: readonly string[],
  known: ReadonlySet<string>,
): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, string[]>()
  for (const filter of filters) {
    const at = filter.indexOf('=')
    const column = filter.slice(0, at)
    if (at > 0 && known.has(column)) {
      values.set(column, [...(values.get(column) ?? []), filter.slice(at + 1)])
    }
  }
  return Object.fromEntries(values)
}

export function ColumnFilters({ table }: { readonly table: TableInfo }) {
  const [{ filter: given }, change] = useFields(FIELDS)
  const add = (form: FormData) => {
    const filter = `${form.get('column')}=${form.get('value')}`
    change({ filter: [...given.filter((one) => one !== filter), filter] })
  }
  const columns = table.columns.filter(({ type }) => type !== 'list' && type !== 'json')
  return (
    <>
      {given.map((filter) => (
        <span className="chip" key={filter}>
          {formatFilter(filter)}
          <button
            aria-label={`Remove the filter ${formatFilter(filter)}`}
            onClick={() => change({ filter: given.filter((one) => one !== filter) })}
            type="button"
          >
            <Icon name="close" size={13} />
          </button>
        </span>
      ))}
      <Pop from="left" title="Filter">
        {({ close }) => (
          <form action={add} onSubmit={close}>
            <label className="field">
              Column
              <select name="column">
                {columns.map(({ name, title }) => (
                  <option key={name} value={name}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              Is; empty for none
              <input autoComplete="off" name="value" />
            </label>
            <button className="button primary" type="submit">
              Add
            </button>
          </form>
        )}
      </Pop>
    </>
  )
}
