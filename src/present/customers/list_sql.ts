/** A list of customers: which columns, in which order, from where to where. */

import { quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { Settings } from '../../std/settings.ts'
import type { Statement } from '../questions/question.ts'
import { CUSTOMER_COLUMNS, customerFeaturesSql } from './features_sql.ts'
import { customerConditions } from './filters.ts'
import { GROUP_COLUMNS, groupSql } from './groups.ts'
import { PROFILES, type Whose } from './whose.ts'

export interface CustomerList {
  /** None are all. */
  readonly columns: readonly string[]
  /** Columns by comma, a minus before one for the greatest first. */
  readonly order: string
  readonly who: 'everybody' | 'buyers'
  readonly chosen: CustomerChoice
  readonly limit: number
  readonly offset: number
}

/** Which of all customers are meant. */
export interface CustomerChoice {
  /** Names of `CUSTOMER_GROUPS`; none are all. */
  readonly group: readonly string[]
  readonly lapsed_days: number
  readonly where: readonly string[]
  /** ISO 8601: only those who were seen then or later. */
  readonly seen_since: string | undefined
}

const COLUMNS: readonly string[] = ['customer_name', 'customer_group', ...CUSTOMER_COLUMNS]

function columnNamed(name: string): string {
  if (COLUMNS.includes(name)) return name
  const guess = nearest(name, COLUMNS)
  const hint = guess ? `did you mean ${guess}?` : `columns: ${COLUMNS.join(', ')}.`
  throw new ClickpathError('BAD_REQUEST', `Customers have no column ${name}; ${hint}`)
}

interface Ordered {
  readonly column: string
  readonly sql: string
}

function orderOf(order: string): readonly Ordered[] {
  return order.split(',').map((word) => {
    const column = columnNamed(word.trim().replace(/^[-+]/, ''))
    const way = word.trim().startsWith('-') ? 'DESC' : 'ASC'
    return { column, sql: `${column} ${way} NULLS LAST` }
  })
}

/** Customers with their group, and the conditions that they must meet. */
export function chosenCustomers(
  { group, lapsed_days, where, seen_since }: CustomerChoice,
  needed: Iterable<string>,
  moment: Statement,
  whose: Whose,
  settings: Settings,
): Statement {
  const conditions = customerConditions(where)
  const columns = new Set([...needed, ...conditions.columns, 'person_id', 'last_seen'])
  if (group.length > 0) columns.add('customer_group')
  const isGrouped = columns.has('customer_group')
  if (isGrouped) for (const name of GROUP_COLUMNS) columns.add(name)
  const known = CUSTOMER_COLUMNS.filter((name) => columns.has(name))
  const features = customerFeaturesSql(moment, whose, settings, known)
  const named = isGrouped ? `, ${groupSql(lapsed_days)} AS customer_group` : ''
  const met = [
    conditions.sql,
    ...(group.length > 0 ? [`customer_group IN (${group.map(quoteText).join(', ')})`] : []),
    ...(seen_since ? [`last_seen >= CAST(${quoteText(seen_since)} AS TIMESTAMP)`] : []),
  ].join(' AND ')
  const sql = `SELECT * FROM (SELECT *${named} FROM (${features.sql})) WHERE ${met}`
  return { sql, params: features.params }
}

/**
 * Whose row it is, is always said: the timeline is found by it. Rows that are equal in the order
 * stay in one, by their person. Throws BAD_REQUEST for names of no column.
 */
export function customerListSql(
  { columns, order, who, chosen, limit, offset }: CustomerList,
  moment: Statement,
  whose: Whose,
  settings: Settings,
): Statement {
  const named = columns.map(columnNamed)
  const shown = columns.length === 0 ? COLUMNS : [...new Set(['person_id', ...named])]
  const ordered = orderOf(order)
  const needed = new Set([...shown, ...ordered.map(({ column }) => column)])
  const extra = ['person_id', 'user_id', ...(who === 'buyers' ? ['orders'] : [])]
  const features = chosenCustomers(chosen, [...needed, ...extra], moment, whose, settings)
  const sql = `SELECT ${shown.join(', ')} FROM (
      SELECT coalesce(own.customer_name, told.customer_name) AS customer_name, known.*
      FROM (${features.sql}) AS known ${PROFILES})
    ${who === 'buyers' ? 'WHERE orders > 0' : ''}
    ORDER BY ${[...ordered.map((each) => each.sql), 'person_id'].join(', ')}
    LIMIT ${limit} OFFSET ${offset}`
  return { sql, params: features.params }
}
