/**
 * Which cell of a flat file goes to which column of an event: by the names in its header, the same
 * names that HTTP takes. A name without a column goes to `properties`.
 */
import { events } from '../../model/events.ts'
import type { ColumnDeclaration, Columns } from '../../model/stream.ts'
import { EVENT_ALIASES } from '../formats/event_fields.ts'

const eventColumns: Columns = events.declaration.columns

export interface FlatColumn {
  readonly cell: string
  readonly column: string
  readonly declaration: ColumnDeclaration
}

export interface FlatColumns {
  readonly columns: readonly FlatColumn[]
  /** Cells that are kept as properties, by the name they get. */
  readonly properties: ReadonlyMap<string, string>
  /** Names of which SQL knows too little: JSON in a cell; what steps judge (bots, addresses). */
  readonly beyond: readonly string[]
}

/** Names that spreadsheets and data frames give to a column that only counts the rows. */
const INDEX_NAMES: ReadonlySet<string> = new Set(['', 'index', 'Unnamed: 0', 'unnamed: 0'])
const BEYOND: ReadonlySet<string> = new Set(['items', 'properties', 'ip', 'user_agent'])

/** Names in an export of our own `events`: its `event_time` is told, the others follow from it. */
const OF_AN_EXPORT = ['client_time', 'received_at', 'source', 'origin', 'visitor_id', 'value']

/** A name in the header with its cell in the table of cells: c0, c1, ... */
export type NamedCell = readonly [name: string, cell: string]

export const cellName = (index: number): string => `c${index}`

/** The names in a row that say nothing of their own. */
export function redundantNames(names: readonly string[]): readonly string[] {
  const isExport = names.includes('event_time') && names.includes('client_time')
  return isExport ? OF_AN_EXPORT.filter((name) => names.includes(name)) : []
}

/** The cells that say something, without a first column that only counts the rows. */
export function namedCells(names: readonly string[]): readonly NamedCell[] {
  const redundant = redundantNames(names)
  return names
    .map((name, index): NamedCell => [name, cellName(index)])
    .filter(([name], index) => !(index === 0 && INDEX_NAMES.has(name)))
    .filter(([name]) => !redundant.includes(name))
}

function columnOf(name: string): readonly [string, ColumnDeclaration] | undefined {
  const aliases: Readonly<Record<string, string>> = EVENT_ALIASES
  const column = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name
  const declaration = Object.hasOwn(eventColumns, column) ? eventColumns[column] : undefined
  if (!declaration || declaration.derived || declaration.internal) return undefined
  return [column, declaration]
}

/** Columns under their very names, as a mapping gives them. */
export function mappedColumns(
  cells: readonly NamedCell[],
  properties: ReadonlyMap<string, string>,
): FlatColumns {
  const columns = cells.flatMap(([name, cell]) => {
    const declaration = eventColumns[name]
    return declaration ? [{ cell, column: name, declaration }] : []
  })
  const beyond = cells.map(([name]) => name).filter((name) => BEYOND.has(name))
  return { columns, properties, beyond }
}

export function flatColumns(cells: readonly NamedCell[]): FlatColumns {
  const columns: FlatColumn[] = []
  const properties = new Map<string, string>()
  const taken = new Set<string>()
  const beyond = cells.map(([name]) => name).filter((name) => BEYOND.has(name))
  for (const [name, cell] of cells) {
    const found = columnOf(name)
    if (found && !taken.has(found[0])) {
      const [column, declaration] = found
      taken.add(column)
      columns.push({ cell, column, declaration })
    } else {
      let key = name
      while (properties.has(key)) key = `event.${key}`
      properties.set(key, cell)
    }
  }
  return { columns, properties, beyond }
}
