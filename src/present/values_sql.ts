/**
 * Which values a column has, the most frequent first: what somebody who chooses a step or a filter
 * can choose from. The columns are those that questions are asked by.
 */
import { STEP_COLUMNS } from '../model/funnel_step.ts'
import { quoteName } from '../std/duckdb.ts'
import { ClickpathError } from '../std/errors.ts'
import { nearest } from '../std/nearest.ts'
import type { Statement } from './questions/question.ts'
import { COLUMNS_OF, CUSTOMER_JOIN } from './questions/session_filters.ts'

/** Of an event, and where sessions keep them; a price is no value to choose. */
const STEP_LISTS: ReadonlyMap<string, string> = new Map([
  ['event_type', 'step_types'],
  ['category', STEP_COLUMNS.category.list],
  ['page', STEP_COLUMNS.page.list],
  ['product', STEP_COLUMNS.product.list],
])

const KNOWN = [...STEP_LISTS.keys(), ...COLUMNS_OF.session, ...COLUMNS_OF.customer]

function sourceOf(column: string): string {
  const list = STEP_LISTS.get(column)
  if (list) return `SELECT unnest(${quoteName(list)}) AS value FROM sessions`
  if (COLUMNS_OF.session.includes(column)) {
    return `SELECT CAST(${quoteName(column)} AS VARCHAR) AS value FROM sessions`
  }
  if (COLUMNS_OF.customer.includes(column)) {
    return `SELECT CAST(customer.${quoteName(column)} AS VARCHAR) AS value
      FROM sessions AS session ${CUSTOMER_JOIN}`
  }
  const guess = nearest(column, KNOWN)
  const hint = guess ? `Did you mean ${guess}?` : `Columns: ${KNOWN.join(', ')}.`
  throw new ClickpathError('BAD_REQUEST', `There is no column "${column}" to choose by. ${hint}`)
}

/** Rows of value and count; one more than `limit` where there are more. Throws BAD_REQUEST. */
export function valuesSql(column: string, search: string, limit: number): Statement {
  const found = search === '' ? '' : 'AND contains(lower(value), lower(?))'
  return {
    sql: `SELECT value, count(*) AS count FROM (${sourceOf(column)})
      WHERE value IS NOT NULL ${found}
      GROUP BY value ORDER BY count DESC, value LIMIT ${limit + 1}`,
    params: search === '' ? [] : [search],
  }
}
