/** In which currency products are told: amounts of several are never added up. */
import type { Row } from '../../engine/contract.ts'
import type { Statement } from '../questions/question.ts'

export const CURRENCY_PARAMETER = {
  type: 'text',
  about: 'Revenue in this currency alone; by default the one that earned most.',
} as const

/**
 * The parts `earned` and `chosen` of a WITH, over a part `lines` of order lines by currency with
 * their `revenue`. Tricky: order lines are put together when they are read, so they are read once.
 */
export function chosenCurrency(lines: string, asked: string | undefined): Statement {
  const earned = `earned AS MATERIALIZED (SELECT currency, sum(revenue) AS earned FROM ${lines}
    WHERE revenue IS NOT NULL GROUP BY currency
    ORDER BY earned DESC, currency NULLS LAST LIMIT 20)`
  const first = "(SELECT arg_max({'name': currency}, earned).name FROM earned)"
  const chosen = `chosen AS MATERIALIZED (SELECT ${asked === undefined ? first : '?'} AS currency)`
  return { sql: `${earned}, ${chosen}`, params: asked === undefined ? [] : [asked] }
}

/** Whether a row of order lines counts as revenue. */
export const IS_CHOSEN = 'currency IS NOT DISTINCT FROM (SELECT currency FROM chosen)'

/** A column of every row of an answer: the currencies that earned, the greatest first. */
export const CURRENCIES = `(SELECT to_json(list({'name': currency} ORDER BY earned DESC, currency))
    FROM earned) AS currencies`

/** What an answer says of currencies, by its first row. */
export function currenciesOf(rows: readonly Row[], asked: string | undefined) {
  const told = (rows[0]?.currencies ?? []) as readonly { readonly name: string | null }[]
  const currencies = told.map(({ name }) => name)
  return { currency: asked ?? currencies[0] ?? null, currencies }
}

/** The answer's own. */
export const withoutCurrencies = ({ currencies: _, ...row }: Row): Row => row

export const CURRENCY_ANSWER = {
  currency: { type: ['string', 'null'], description: 'of all revenue in the answer' },
  currencies: {
    type: 'array',
    items: { type: ['string', 'null'] },
    description: 'that earned in the range, the one that earned most first; empty without rows',
  },
}
