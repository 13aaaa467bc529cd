/**
 * A mapping: which columns of somebody else's file are which columns of ours. It is data, a JSON
 * file; `mapping_checks.ts` says what is wrong with one, `mapping_sql.ts` carries it out.
 *
 *   {"csv": {"delimiter": ";", "header": "none", "columns": ["shopper", "day", "units", "eur"]},
 *    "columns": {
 *      "event_type": {"value": "purchase"},
 *      "client_time": {"column": "day", "pattern": "%d.%m.%Y", "zone": "Europe/Berlin"},
 *      "user_id": "shopper",
 *      "price": {"column": "eur", "decimal": ","}},
 *    "rest": "properties"}
 */

/** A source column by its name, or how a value is made. */
export type Rule = string | ValueRule

/** Where a value comes from (one of the first six), then what is done to it, from top to bottom. */
export interface ValueRule {
  readonly column?: string
  readonly value?: string
  /** Texts one after another; absent where one of them is. */
  readonly concat?: readonly Rule[]
  /** The first that is not absent. */
  readonly first?: readonly Rule[]
  /** The row's own id: what makes each row a line of its own. */
  readonly row?: 'id'
  /** The first case whose condition holds; else `otherwise`; else absent. */
  readonly cases?: readonly Case[]
  readonly otherwise?: Rule
  /** Texts that stand for nothing, such as `NULL` or `(not set)`. */
  readonly absent?: readonly string[]
  /** Other words for the file's own; those it does not name stay. */
  readonly words?: Readonly<Record<string, string>>
  /** What stands before the decimals; the other mark, between thousands, is left out. */
  readonly decimal?: ',' | '.'
  /** For amounts in cents or micros. */
  readonly divide_by?: number
  readonly sign?: 'positive' | 'negated'
  /** A time that counts from 1970 in UTC. */
  readonly unit?: TimeUnit
  /** A time as text, in the words of strptime. */
  readonly pattern?: string
  /** Whose clock a time without an offset shows: `Europe/London`. */
  readonly zone?: string
}

export type TimeUnit = 's' | 'ms' | 'us'

export interface Case {
  readonly when: Condition
  readonly take: Rule
}

/** One of: the text begins so, is so, is a number of that sign, is there or not. */
export interface Condition {
  readonly column: string
  readonly prefix?: string
  readonly equals?: string
  readonly sign?: 'negative' | 'positive'
  readonly is?: 'present' | 'absent'
}

export interface CsvMapping {
  /** One character, or `spaces`: any number of blanks. Told from the first line where absent. */
  readonly delimiter?: string
  readonly header?: 'first line' | 'none'
  /** Names of the columns, in their order; due where there is no header. */
  readonly columns?: readonly string[]
}

export interface Mapping {
  readonly about?: string
  readonly csv?: CsvMapping
  readonly columns: Readonly<Record<string, Rule>>
  /** What becomes of the columns that nothing above reads: kept as properties, if not said. */
  readonly rest?: 'properties' | 'nothing' | readonly string[]
}

export const SPACES = 'spaces'
export const VALUE_WORDS = ['column', 'value', 'concat', 'first', 'row', 'cases'] as const

/** Every source column that the rule reads. */
export function columnsRead(rule: Rule): readonly string[] {
  if (typeof rule === 'string') return [rule]
  const { column, concat = [], first = [], cases = [], otherwise } = rule
  return [
    ...(column === undefined ? [] : [column]),
    ...[...concat, ...first].flatMap(columnsRead),
    ...cases.flatMap(({ when, take }) => [when.column, ...columnsRead(take)]),
    ...(otherwise === undefined ? [] : columnsRead(otherwise)),
  ]
}

/** Names of the source columns that become properties. */
export function propertyColumns(mapping: Mapping, names: readonly string[]): readonly string[] {
  const { rest = 'properties', columns } = mapping
  if (rest === 'nothing') return []
  if (rest !== 'properties') return rest
  const read = new Set(Object.values(columns).flatMap(columnsRead))
  return names.filter((name) => !read.has(name))
}
