/**
 * Which sessions a question is about: those that begin in a range of time, with columns that say
 * what is asked for. One place, so that questions that are asked alike count alike.
 */
import type { AnswerType } from '../../model/measure.ts'
import { sessionsTable } from '../../model/tables/sessions.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'
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

const isOne = (type: AnswerType) => type !== 'list'
const SESSION_COLUMNS: ReadonlyMap<string, AnswerType> = new Map(
  Object.entries({ ...by, ...measures })
    .map(([name, { type }]) => [name, type] as const)
    .filter(([, type]) => isOne(type)),
)

/** The columns that sessions can be asked by, and whose they are. */
export const COLUMNS_OF: Readonly<Record<'session' | 'customer', readonly string[]>> = {
  session: [...SESSION_COLUMNS.keys()],
  customer: Object.keys(CUSTOMER_COLUMNS),
}
const isCustomers = (column: string) => COLUMNS_OF.customer.includes(column)
const COLUMNS: ReadonlyMap<string, AnswerType> = new Map([
  ...SESSION_COLUMNS,
  ...Object.entries(CUSTOMER_COLUMNS).map(([name, { type }]) => [name, type] as const),
])
const NAMES = [...COLUMNS.keys()]

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
    const guess = nearest(column, NAMES)
    const hint = guess ? `did you mean ${guess}?` : `columns: ${NAMES.join(', ')}.`
    throw bad(`where: sessions have no column ${column}; ${hint}`)
  }
  const isUnknown = value === '' && EQUALITIES.has(operator)
  if (!isUnknown && !isValueOf(type, value)) {
    throw bad(`where: "${value}" is no value of ${column} (${type}).`)
  }
  return { column, operator, value }
}

/** Tricky: what is unknown differs from every value, so `!=` keeps it; SQL alone would not. */
function conditionOf({ column, operator, value }: Filter): string {
  const name = `${isCustomers(column) ? 'customer' : 'session'}.${quoteName(column)}`
  const type = DUCKDB_TYPES[(COLUMNS.get(column) ?? 'text') as keyof typeof DUCKDB_TYPES]
  if (EQUALITIES.has(operator) && value === '') {
    return `${name} IS ${operator === '=' ? '' : 'NOT '}NULL`
  }
  const compared = operator === '!=' ? 'IS DISTINCT FROM' : operator
  return `${name} ${compared} CAST(${quoteText(value)} AS ${type})`
}

export interface SessionConditions {
  /** Of rows `session` and, where it is read, `customer`. */
  readonly sql: readonly string[]
  readonly reads: 'session' | 'session and customer'
}

/** What `from`, `to` and `where` ask of a session. Throws BAD_REQUEST. */
export function sessionConditions({
  from,
  to,
  where,
}: Asked<typeof SESSION_FILTERS>): SessionConditions {
  if (from && to && from >= to) throw bad('`from` must lie before `to`.')
  const filters = where.map(filterOf)
  const others = filters.filter(({ operator }) => operator !== '=')
  const equal = filters.filter(({ operator }) => operator === '=')
  const values = Map.groupBy(equal, ({ column }) => column)
  const time = (value: string) => `CAST(${quoteText(value)} AS TIMESTAMP)`
  return {
    sql: [
      ...(from ? [`session.window_start >= ${time(from)}`] : []),
      ...(to ? [`session.window_start < ${time(to)}`] : []),
      ...[...values.values()].map((each) => `(${each.map(conditionOf).join(' OR ')})`),
      ...others.map(conditionOf),
    ],
    reads: filters.some(({ column }) => isCustomers(column)) ? 'session and customer' : 'session',
  }
}

/** The person of a row `session`, where its visitor is linked to one. */
export const PERSON_JOIN = 'LEFT JOIN persons ON persons.visitor_id = session.visitor_id'

/** Whose session it is, as a row `customer`: by the session's own user, else by its person. */
export const CUSTOMER_JOIN = `${PERSON_JOIN}
    LEFT JOIN customers AS customer
      ON customer.user_id = coalesce(session.user_id, persons.person_id, session.visitor_id)`

/** A query for the sessions, all their columns. Throws BAD_REQUEST. */
export function sessionsSql(asked: Asked<typeof SESSION_FILTERS>): Statement {
  const { sql, reads } = sessionConditions(asked)
  const customer = reads === 'session' ? '' : CUSTOMER_JOIN
  const where = sql.length > 0 ? `WHERE ${sql.join(' AND ')}` : ''
  return { sql: `SELECT session.* FROM sessions AS session ${customer} ${where}`, params: [] }
}
