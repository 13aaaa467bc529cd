/**
 * Filters on customers as the API's `where` says them: `first_channel=email`, `orders>=3`. Several
 * values of one column are alternatives; no value means that none is known.
 */
import { customerFeatures } from '../../model/customer_features.ts'
import type { AnswerType } from '../../model/measure.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { CustomerColumn } from './features_sql.ts'

export const CUSTOMERS_WHERE = {
  type: 'list',
  words: 'whole',
  about:
    'A column of customer_features and its value, such as first_channel=email; also !=, >=, <=, > ' +
    'and <. Several values of one column are alternatives; no value means that none is known.',
} as const

const FILTER = /^([a-z0-9_]+)\s*(!=|>=|<=|=|>|<)\s*(.*)$/s
const NUMBERS: ReadonlySet<AnswerType> = new Set(['integer', 'wide', 'decimal', 'double'])
const COLUMNS: ReadonlyMap<string, AnswerType> = new Map(
  Object.entries(customerFeatures.columns).map(([name, { type }]) => [name, type]),
)

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', `where: ${sentence}`)

interface Filter {
  readonly column: CustomerColumn
  readonly operator: string
  readonly value: string
}

function isValueOf(type: AnswerType, value: string): boolean {
  if (NUMBERS.has(type)) return /^-?\d/.test(value) && Number.isFinite(Number(value))
  if (type === 'timestamp') return !Number.isNaN(Date.parse(value)) && /^\d{4}-/.test(value)
  return true
}

function filterOf(word: string): Filter {
  const [, column = '', operator = '', value = ''] = FILTER.exec(word) ?? []
  if (operator === '') throw bad(`"${word}" is no filter; write column=value.`)
  const type = COLUMNS.get(column)
  if (type === undefined) {
    const guess = nearest(column, [...COLUMNS.keys()])
    const hint = guess ? `did you mean ${guess}?` : `columns: ${[...COLUMNS.keys()].join(', ')}.`
    throw bad(`customers have no column ${column}; ${hint}`)
  }
  const isUnknown = value === '' && (operator === '=' || operator === '!=')
  if (!isUnknown && !isValueOf(type, value)) {
    throw bad(`"${value}" is no value of ${column} (${type}).`)
  }
  return { column: column as CustomerColumn, operator, value }
}

/** Tricky: what is unknown differs from every value, so `!=` keeps it; SQL alone would not. */
function conditionOf({ column, operator, value }: Filter): string {
  const name = quoteName(column)
  if (value === '') return `${name} IS ${operator === '=' ? '' : 'NOT '}NULL`
  const type = DUCKDB_TYPES[(COLUMNS.get(column) ?? 'text') as keyof typeof DUCKDB_TYPES]
  const compared = operator === '!=' ? 'IS DISTINCT FROM' : operator
  return `${name} ${compared} CAST(${quoteText(value)} AS ${type})`
}

export interface CustomerConditions {
  readonly sql: string
  /** The columns that it reads. */
  readonly columns: readonly CustomerColumn[]
}

/** Throws BAD_REQUEST for what is no filter on a customer. */
export function customerConditions(where: readonly string[]): CustomerConditions {
  const filters = where.map(filterOf)
  const equal = Map.groupBy(
    filters.filter(({ operator }) => operator === '='),
    ({ column }) => column,
  )
  const others = filters.filter(({ operator }) => operator !== '=')
  const parts = [
    ...[...equal.values()].map((each) => `(${each.map(conditionOf).join(' OR ')})`),
    ...others.map(conditionOf),
  ]
  return {
    sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '),
    columns: [...new Set(filters.map(({ column }) => column))],
  }
}
