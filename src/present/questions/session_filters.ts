/**
 * Which sessions a question is about: those that begin in a range of time, with columns that say
 * what is asked for. One place, so that questions that are asked alike count alike.
 *
 * For the funnel: `sessionFilters(asked)` gives the condition of a WHERE over `sessions` and its
 * parameters; `SESSION_FILTERS` are the parameters to declare.
 */
import type { AnswerType } from '../../model/measure.ts'
import { sessionsTable } from '../../model/tables/sessions.ts'
import { DUCKDB_TYPES, quoteName } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { Asked, Statement } from './question.ts'

export const SESSION_FILTERS = {
  from: { type: 'time', about: 'Sessions that begin then or later.' },
  to: { type: 'time', about: 'Sessions that begin before.' },
  where: {
    type: 'list',
    words: 'whole',
    about:
      'A column of the sessions or of their customer, and its value, such as device_type=mobile; ' +
      'also !=, >=, <=, > and <. Several values of one column are alternatives; no value means that none is known.',
  },
} as const

/** The gap has no part in what the columns are. */
const { by, measures } = sessionsTable(1)
const CUSTOMER_COLUMNS = {
  gender: { type: 'text' },
  age: { type: 'integer' },
  country: { type: 'text' },
  customer_segment: { type: 'text' },
} as const

const isCustomers = (column: string) => Object.hasOwn(CUSTOMER_COLUMNS, column)
const COLUMNS: ReadonlyMap<string, AnswerType> = new Map(
  Object.entries({ ...by, ...measures, ...CUSTOMER_COLUMNS })
    .map(([name, { type }]) => [name, type] as const)
    .filter(([, type]) => type !== 'list'),
)

/** What may follow `where`. */
export const SESSION_COLUMNS: readonly string[] = [...COLUMNS.keys()]

const FILTER = /^([a-z0-9_]+)\s*(!=|>=|<=|=|>|<)\s*(.*)$/s
const NUMBERS: ReadonlySet<AnswerType> = new Set(['integer', 'wide', 'decimal', 'double'])
const EQUALITIES: ReadonlySet<string> = new Set(['=', '!='])

interface Filter {
  readonly column: string
  readonly operator: string
  readonly value: string
}

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)

function isValueOf(type: AnswerType, value: string): boolean {
  if (NUMBERS.has(type)) return Number.isFinite(Number(value)) && /^-?\d/.test(value)
  if (type === 'boolean') return value === 'true' || value === 'false'
  if (type === 'timestamp')
    return /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value))
  return true
}

function filterOf(word: string): Filter {
  const [, column = '', operator = '', value = ''] = FILTER.exec(word) ?? []
  if (operator === '') throw bad(`where: "${word}" is no filter; write column=value.`)
  const type = COLUMNS.get(column)
  if (type === undefined) {
    const guess = nearest(column, SESSION_COLUMNS)
    const hint = guess ? `did you mean ${guess}?` : `columns: ${SESSION_COLUMNS.join(', ')}.`
    throw bad(`where: sessions have no column ${column}; ${hint}`)
  }
  const isUnknown = value === '' && EQUALITIES.has(operator)
  if (!isUnknown && !isValueOf(type, value)) {
    throw bad(`where: "${value}" is no value of ${column} (${type}).`)
  }
  return { column, operator, value }
}

/** Tricky: what is unknown differs from every value, so `!=` keeps it; SQL alone would not. */
function conditionOf({ column, operator, value }: Filter): Statement {
  const name = `${isCustomers(column) ? 'customer' : 'session'}.${quoteName(column)}`
  const type = DUCKDB_TYPES[(COLUMNS.get(column) ?? 'text') as keyof typeof DUCKDB_TYPES]
  const isEquality = EQUALITIES.has(operator)
  if (isEquality && value === '') {
    return { sql: `${name} IS ${operator === '=' ? '' : 'NOT '}NULL`, params: [] }
  }
  const compared = operator === '!=' ? 'IS DISTINCT FROM' : operator
  return { sql: `${name} ${compared} CAST(? AS ${type})`, params: [value] }
}

function joined(conditions: readonly Statement[], word: 'AND' | 'OR'): Statement {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    params: conditions.flatMap(({ params }) => params),
  }
}

const CUSTOMER = `LEFT JOIN persons ON persons.visitor_id = session.visitor_id
    LEFT JOIN customers AS customer
      ON customer.user_id = coalesce(session.user_id, persons.person_id, session.visitor_id)`

/** A query for the sessions, all their columns. Throws BAD_REQUEST. */
export function sessionsSql({ from, to, where }: Asked<typeof SESSION_FILTERS>): Statement {
  if (from && to && from >= to) throw bad('`from` must lie before `to`.')
  const filters = where.map(filterOf)
  const others = filters.filter(({ operator }) => operator !== '=')
  const values = Map.groupBy(
    filters.filter(({ operator }) => operator === '='),
    ({ column }) => column,
  )
  const conditions: readonly Statement[] = [
    ...(from ? [{ sql: 'session.window_start >= CAST(? AS TIMESTAMP)', params: [from] }] : []),
    ...(to ? [{ sql: 'session.window_start < CAST(? AS TIMESTAMP)', params: [to] }] : []),
    ...[...values.values()].map((each) => joined(each.map(conditionOf), 'OR')),
    ...others.map(conditionOf),
  ]
  const all = conditions.length === 0 ? { sql: 'true', params: [] } : joined(conditions, 'AND')
  const customer = filters.some(({ column }) => isCustomers(column)) ? CUSTOMER : ''
  return {
    sql: `SELECT session.* FROM sessions AS session ${customer} WHERE ${all.sql}`,
    params: all.params,
  }
}
