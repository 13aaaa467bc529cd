/** Flat rows of events as records: one SELECT over the table of cells, typed and judged. */
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Settings } from '../../std/settings.ts'
import { firstMistake, typedCell } from './flat_checks.ts'
import { type FlatColumns, flatColumns, type NamedCell } from './flat_columns.ts'
import { recordList } from './record_columns.ts'
import type { RowIds } from './row_ids.ts'

export interface FlatOptions {
  /** The cells of a row as they stand in the file: what is kept of a row that is refused. */
  readonly cells: readonly NamedCell[]
  /** Which cell goes where, if the names of the cells do not say it. */
  readonly flat?: FlatColumns
  readonly time: 'required' | 'optional'
  readonly source: string
  /** ISO 8601, UTC. */
  readonly received_at: string
  readonly settings: Pick<Settings, 'future_ms_max' | 'event_bytes_max' | 'currency'>
}

/** Absent cells are left out; without any the event has no properties. */
export function propertiesOf(properties: FlatColumns['properties']): string {
  const cells = [...properties.values()]
  if (cells.length === 0) return 'NULL::JSON'
  const pairs = [...properties].map(([name, cell]) => `${quoteText(name)}, ${cell}`).join(', ')
  const object = `json_object(${pairs})`
  return `CASE WHEN coalesce(${cells.join(', ')}) IS NOT NULL THEN ${
    cells.length === 1 ? object : `json_merge_patch('{}', ${object})`
  } END`
}

/** What stood in the row, for people to look at: its cells under their names. */
export function rowAsJson(cells: readonly NamedCell[]): string {
  const pairs = cells.map(([name, cell]) => `${quoteText(name)}, ${cell}`).join(', ')
  return `CAST(json_object(${pairs}) AS VARCHAR)`
}

/** The rows of `cells` from `first_row` on, as records. */
export function flatRecords(options: FlatOptions, ids: RowIds, first_row: number): string {
  const { cells, time, source, received_at, settings } = options
  const flat = options.flat ?? flatColumns(cells)
  const typed = flat.columns.map((column) => `${typedCell(column)} AS ${quoteName(column.column)}`)
  const checks = { columns: flat.columns, time, received_at, settings }
  const has = (name: string) => flat.columns.some(({ column }) => column === name)
  const good = (expression: string) => `CASE WHEN mistake IS NULL THEN ${expression} END`
  const received = `TIMESTAMP ${quoteText(received_at)}`
  const columns = flat.columns.map(({ column }) => [column, good(quoteName(column))] as const)
  const raw = `coalesce(unreadable, left(${rowAsJson(cells)}, ${settings.event_bytes_max}))`
  const money = settings.currency !== '' && has('price')
  const own = has('currency') ? 'currency' : 'NULL'
  const select = recordList({
    ...Object.fromEntries(columns),
    record: `CASE WHEN mistake IS NULL THEN 'event' ELSE 'invalid' END`,
    event_id: good(has('event_id') ? 'coalesce(event_id, row_event_id)' : 'row_event_id'),
    event_time: good(has('client_time') ? `coalesce(client_time, ${received})` : received),
    received_at: received,
    source: quoteText(source),
    origin: good(`'import'`),
    ...(money
      ? {
          currency: good(
            `coalesce(${own},
              CASE WHEN price IS NOT NULL THEN ${quoteText(settings.currency)} END)`,
          ),
        }
      : {}),
    ...(flat.properties.size > 0 ? { properties: good('properties') } : {}),
    reason: `split_part(mistake, chr(31), 1)`,
    detail: `replace(split_part(mistake, chr(31), 2), chr(0), '\ufffd')`,
    raw: `CASE WHEN mistake IS NOT NULL THEN replace(${raw}, chr(0), '\ufffd') END`,
  })
  return `SELECT ${select} FROM (
    SELECT *, ${firstMistake(checks)} AS mistake FROM (
      SELECT *, ${typed.join(', ')}, ${propertiesOf(flat.properties)} AS properties,
        ${ids.expression} AS row_event_id FROM ${ids.relation} WHERE row_at >= ${first_row}))`
}
