/** A list of customers: which columns, in which order, from where to where. */

import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { Settings } from '../../std/settings.ts'
import type { Statement } from '../questions/question.ts'
import { CUSTOMER_COLUMNS, type CustomerColumn, customerFeaturesSql } from './features_sql.ts'
import { PROFILES, type Whose } from './whose.ts'

export interface CustomerList {
  /** None are all. */
  readonly columns: readonly string[]
  /** Columns by comma, a minus before one for the greatest first. */
  readonly order: string
  readonly who: 'everybody' | 'buyers'
  readonly limit: number
  readonly offset: number
}

const COLUMNS: readonly string[] = ['customer_name', ...CUSTOMER_COLUMNS]

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

/**
 * Whose row it is, is always said: the timeline is found by it. Rows that are equal in the order
 * stay in one, by their person. Throws BAD_REQUEST for names of no column.
 */
export function customerListSql(
  { columns, order, who, limit, offset }: CustomerList,
  moment: Statement,
  whose: Whose,
  settings: Settings,
): Statement {
  const named = columns.map(columnNamed)
  const shown = columns.length === 0 ? COLUMNS : [...new Set(['person_id', ...named])]
  const ordered = orderOf(order)
  const needed = new Set([...shown, ...ordered.map(({ column }) => column)])
  const extra = ['person_id', 'user_id', ...(who === 'buyers' ? ['orders'] : [])]
  const known = CUSTOMER_COLUMNS.filter((name) => needed.has(name) || extra.includes(name))
  const features = customerFeaturesSql(moment, whose, settings, known as readonly CustomerColumn[])
  const sql = `SELECT ${shown.join(', ')} FROM (
      SELECT coalesce(own.customer_name, told.customer_name) AS customer_name, known.*
      FROM (${features.sql}) AS known ${PROFILES})
    ${who === 'buyers' ? 'WHERE orders > 0' : ''}
    ORDER BY ${[...ordered.map((each) => each.sql), 'person_id'].join(', ')}
    LIMIT ${limit} OFFSET ${offset}`
  return { sql, params: features.params }
}
