/** In which currency products are told: amounts of several are never added up. */
import type { Row } from '../../engine/contract.ts'
import type { Statement } from '../questions/question.ts'
import { isIn, type Range } from './range.ts'

export const CURRENCY_PARAMETER = {
  type: 'text',
  about: 'Revenue in this currency alone; by default the one that earned most.',
} as const

/** The currencies that earned in a range, the one that earned most first. */
export function currenciesSql(range: Range): Statement {
  const sql = `SELECT currency, sum(amount) AS revenue FROM order_lines
    WHERE product_id IS NOT NULL AND ${isIn(range)}
    GROUP BY currency ORDER BY revenue DESC NULLS LAST, currency LIMIT 20`
  return { sql, params: [] }
}

/** The part `chosen` of a WITH: one row, the currency that is told. */
export function chosenCurrency(range: Range, asked: string | undefined): Statement {
  if (asked !== undefined) return { sql: 'chosen AS (SELECT ? AS currency)', params: [asked] }
  const { sql } = currenciesSql(range)
  const first = `(SELECT first(currency) FROM (SELECT currency FROM (${sql}) LIMIT 1))`
  return { sql: `chosen AS MATERIALIZED (SELECT ${first} AS currency)`, params: [] }
}

/** Whether a row of order lines counts as revenue. */
export const IS_CHOSEN = 'currency IS NOT DISTINCT FROM (SELECT currency FROM chosen)'

/** What an answer says of currencies. */
export function currenciesOf(rows: readonly Row[], asked: string | undefined) {
  const currencies = rows.map(({ currency }) => (currency === null ? null : String(currency)))
  return { currency: asked ?? currencies[0] ?? null, currencies }
}
