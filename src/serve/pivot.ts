/**
 * The way back from a pivot: a table whose measures are all `VALUE_MEASURE`, each counted where one
 * column is VALUE, becomes one row per value again. Read off the declaration; nothing is stored.
 */
import type { Column, Expression, Literal } from '../model/expression.ts'
import { type Measure, statesOf } from '../model/measure.ts'
import type { Table } from '../model/table.ts'
import { quoteName, quoteText } from '../std/duckdb.ts'
import { ClickpathError } from '../std/errors.ts'

export interface Pivot {
  /** The column that comes back: `event_type`. */
  readonly by: string
  readonly values: readonly string[]
  /** What the measures are called without their value: `events`, `value`. */
  readonly measures: readonly string[]
}

interface Part {
  readonly by: string
  readonly value: string
  readonly measure: string
}

/** `column = literal`, alone or as the last of an `and`. */
function equality(where: Expression | null): { by: string; value: string } | undefined {
  if (where?.kind !== 'call') return undefined
  if (where.operator === 'and') return equality(where.args.at(-1) ?? null)
  const [column, literal] = where.args as readonly [Column?, Literal?]
  if (where.operator !== 'eq' || column?.kind !== 'column' || literal?.kind !== 'literal') {
    return undefined
  }
  return { by: column.name, value: String(literal.value) }
}

function partOf(name: string, { formula }: Measure): Part | undefined {
  const [state, ...others] = statesOf(formula)
  const found = state && others.length === 0 ? equality(state.where) : undefined
  if (!found || !name.startsWith(`${found.value}_`)) return undefined
  return { ...found, measure: name.slice(found.value.length + 1) }
}

/** How the table can be turned back; null for one that is no pivot. */
export function pivotOf({ measures }: Table): Pivot | null {
  const parts = Object.entries(measures).map(([name, measure]) => partOf(name, measure))
  const [first] = parts
  const same = (part: Part | undefined): part is Part => part !== undefined && part.by === first?.by
  if (!first || !parts.every(same)) return null
  const unique = (words: readonly string[]) => [...new Set(words)]
  const [values, names] = [
    unique(parts.map(({ value }) => value)),
    unique(parts.map(({ measure }) => measure)),
  ]
  const isWhole = values.length * names.length === parts.length
  return isWhole ? { by: first.by, values, measures: names } : null
}

/** The table turned back, as a relation. What never happened in a window gives no row. */
export function unpivoted(name: string, pivot: Pivot | null, rest: readonly string[]): string {
  if (!pivot) {
    throw new ClickpathError(
      'BAD_REQUEST',
      `${name} is no pivot, so there is nothing to turn back.`,
    )
  }
  const parts = pivot.values.map((value) => {
    const columns = pivot.measures.map((measure) => quoteName(`${value}_${measure}`))
    const named = columns.map((column, at) => `${column} AS ${quoteName(pivot.measures[at] ?? '')}`)
    const happened = columns.map((column) => `coalesce(${column}, 0) <> 0`).join(' OR ')
    const key = `${quoteText(value)} AS ${quoteName(pivot.by)}`
    return `SELECT ${[...rest.map(quoteName), key, ...named].join(', ')}
      FROM ${quoteName(name)} WHERE ${happened}`
  })
  return `(${parts.join(' UNION ALL ')})`
}
