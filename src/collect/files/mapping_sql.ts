/**
 * A mapping in SQL: cells of the file become texts as our own columns have them, which are then
 * typed and judged like those of any other flat file. Nothing is refused here.
 */
import { quoteText } from '../../std/duckdb.ts'
import { utcTime } from '../../std/local_time.ts'
import type { NamedCell } from './flat_columns.ts'
import {
  type Case,
  type Condition,
  type Mapping,
  propertyColumns,
  type Rule,
  type TimeUnit,
  type ValueRule,
} from './mapping.ts'

/** What rules are written against. */
interface Source {
  readonly cells: ReadonlyMap<string, string>
  readonly row_id: string
}

const NUMBER = '-?[0-9]+([.][0-9]+)?'
const ISO = '%Y-%m-%dT%H:%M:%S.%fZ'
/** ISO 8601 without an offset: the clock of the mapping's zone. */
const LOCAL_TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.,]+)?'
/** The last microsecond of the year 9999. */
const US_MAX = '253402300799999999'
const US_OF: Readonly<Record<TimeUnit, number>> = { s: 1_000_000, ms: 1_000, us: 1 }

function conditionSql(when: Condition, { cells }: Source): string {
  const cell = cells.get(when.column) ?? 'NULL'
  if (when.prefix !== undefined) return `starts_with(${cell}, ${quoteText(when.prefix)})`
  if (when.equals !== undefined) return `${cell} = ${quoteText(when.equals)}`
  if (when.is !== undefined) return `${cell} IS ${when.is === 'present' ? 'NOT NULL' : 'NULL'}`
  return `TRY_CAST(${cell} AS DOUBLE) ${when.sign === 'negative' ? '<' : '>'} 0`
}

function casesSql(cases: readonly Case[], otherwise: Rule | undefined, source: Source): string {
  const whens = cases.map(
    ({ when, take }) => `WHEN ${conditionSql(when, source)} THEN ${ruleSql(take, source)}`,
  )
  const rest = otherwise === undefined ? 'NULL' : ruleSql(otherwise, source)
  return `CASE ${whens.join(' ')} ELSE ${rest} END`
}

function valueSql(rule: ValueRule, source: Source): string {
  const { column, value, concat, first, cases, otherwise } = rule
  if (column !== undefined) return source.cells.get(column) ?? 'NULL::VARCHAR'
  if (value !== undefined) return quoteText(value)
  if (concat) return `(${concat.map((part) => ruleSql(part, source)).join(' || ')})`
  if (first) return `coalesce(${first.map((each) => ruleSql(each, source)).join(', ')})`
  if (cases) return casesSql(cases, otherwise, source)
  return source.row_id
}

function wordsSql(text: string, words: Readonly<Record<string, string>>): string {
  const cases = Object.entries(words).map(
    ([word, ours]) => `WHEN ${quoteText(word)} THEN ${quoteText(ours)}`,
  )
  return cases.length === 0 ? text : `CASE ${text} ${cases.join(' ')} ELSE ${text} END`
}

function dividedSql(text: string, divide_by: number): string {
  const digits = String(divide_by).length - 1
  const factor = `CAST('${(1 / divide_by).toFixed(digits)}' AS DECIMAL(${digits + 1}, ${digits}))`
  return `CASE WHEN regexp_full_match(${text}, '${NUMBER}')
    THEN coalesce(CAST(TRY_CAST(${text} AS DECIMAL(24, 6)) * ${factor} AS VARCHAR), ${text})
    ELSE ${text} END`
}

function signedSql(text: string, sign: 'positive' | 'negated'): string {
  const plus = sign === 'positive' ? text : `'-' || ${text}`
  return `CASE WHEN starts_with(${text}, '-') THEN substr(${text}, 2) ELSE ${plus} END`
}

function epochSql(text: string, unit: TimeUnit): string {
  const us = `CAST(TRY_CAST(${text} AS DECIMAL(30, 6)) * ${US_OF[unit]} AS HUGEINT)`
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{1,18}([.][0-9]+)?')
      AND ${us} BETWEEN 0 AND ${US_MAX}
    THEN strftime(make_timestamp(CAST(${us} AS BIGINT)), '${ISO}')
    ELSE ${text} || ${quoteText(` (no ${unit} since 1970)`)} END`
}

/** Tricky: what does not follow the pattern must not pass as a time by luck, so it is marked. */
function patternSql(text: string, pattern: string, zone: string | undefined): string {
  const parsed = `try_strptime(${text}, ${quoteText(pattern)})`
  const utc =
    zone === undefined ? `timezone('UTC', ${parsed})` : utcTime(parsed, { time_zone: zone })
  return `coalesce(strftime(${utc}, '${ISO}'),
    ${text} || ${quoteText(` (does not follow ${pattern})`)})`
}

function zonedSql(text: string, zone: string): string {
  const local = `TRY_CAST(replace(${text}, ',', '.') AS TIMESTAMP)`
  const utc = utcTime(local, { time_zone: zone })
  return `CASE WHEN regexp_full_match(${text}, '${LOCAL_TIME}')
    THEN coalesce(strftime(${utc}, '${ISO}'), ${text}) ELSE ${text} END`
}

function ruleSql(rule: Rule, source: Source): string {
  if (typeof rule === 'string') return ruleSql({ column: rule }, source)
  const { absent, words, decimal, divide_by, sign, unit, pattern, zone } = rule
  let text = valueSql(rule, source)
  for (const word of absent ?? []) text = `nullif(${text}, ${quoteText(word)})`
  if (words) text = wordsSql(text, words)
  if (decimal === ',') text = `replace(replace(${text}, '.', ''), ',', '.')`
  if (decimal === '.') text = `replace(${text}, ',', '')`
  if (divide_by !== undefined) text = dividedSql(text, divide_by)
  if (sign !== undefined) text = signedSql(text, sign)
  if (unit !== undefined) return epochSql(text, unit)
  if (pattern !== undefined) return patternSql(text, pattern, zone)
  return zone === undefined ? text : zonedSql(text, zone)
}

export interface MappedCells {
  /** `relation` with a further cell for each of our columns: m0, m1, ... */
  relation(relation: string, row_id: string): string
  readonly columns: readonly NamedCell[]
  /** Cells of the file that are kept as properties, under the file's own names. */
  readonly properties: ReadonlyMap<string, string>
}

/** `cells`: those of the file, under its own names. */
export function mapCells(mapping: Mapping, cells: readonly NamedCell[]): MappedCells {
  const byName = new Map(cells)
  const names = cells.map(([name]) => name)
  const rules = Object.entries(mapping.columns)
  return {
    columns: rules.map(([name], index): NamedCell => [name, `m${index}`]),
    properties: new Map(
      propertyColumns(mapping, names).map((name) => [name, byName.get(name) ?? 'NULL']),
    ),
    relation(relation, row_id) {
      const source = { cells: byName, row_id }
      const list = rules.map(
        // A row that could not be read has no cells, and no constants either.
        ([, rule], index) => `CASE WHEN unreadable IS NULL
          THEN nullif(CAST(${ruleSql(rule, source)} AS VARCHAR), '') END AS m${index}`,
      )
      return `(SELECT *, ${list.join(', ')} FROM ${relation})`
    },
  }
}
