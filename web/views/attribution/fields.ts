/** What can be chosen of attribution, as it stands in the address, and how the API is asked. */
import type { Answer, Asked } from '../../api/routes.ts'
import { choice, text, type ValuesOf } from '../../state/fields.ts'
import type { Span } from '../../state/period.ts'

export const BY = [
  ...(['channel', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer'] as const),
  ...(['entry_page', 'device_type'] as const),
] as const

export const FIELDS = {
  by: choice(BY, 'channel'),
  lookback: text('30d'),
  half_life: text('7d'),
  direct: choice(['keep', 'ignore'], 'keep'),
  /** Which one is shown where there are several; the one with the most orders otherwise. */
  currency: text(),
} as const

export type AttributionFields = ValuesOf<typeof FIELDS>
export type Attribution = Answer<'/api/attribution'>
export type Currency = Attribution['currencies'][number]
export type AttributionRow = Currency['rows'][number]

export function askedOf(
  { by, lookback, half_life, direct }: AttributionFields,
  where: readonly string[],
  span: Span | null,
): Asked<'/api/attribution'> | null {
  return span && { by, lookback, half_life, direct, where, ...span }
}

export const MODEL_TITLES: Readonly<Record<string, string>> = {
  first: 'First visit',
  last: 'Last visit',
  linear: 'All alike',
  position: 'Ends most',
  time_decay: 'Later more',
}

export const MODEL_ABOUT: Readonly<Record<string, string>> = {
  first: 'All to the first visit in the look-back window',
  last: 'All to the last visit before the order',
  linear: 'The same to each visit',
  position: '40 % to the first, 40 % to the last, 20 % to those between',
  time_decay: 'The closer to the order, the more',
}

export const titleOf = (model: string): string => MODEL_TITLES[model] ?? model

export const sayRow = ({ row, value }: AttributionRow): string =>
  row === 'unattributed' ? 'no visit known' : (value ?? '(none)')

const UNIT_DIGITS = 4

/** Amounts are exact to the ten-thousandth; as whole ones they stay so when they are added up. */
function unitsOf(amount: number | string): bigint {
  const text = typeof amount === 'number' ? amount.toFixed(UNIT_DIGITS) : amount
  const [whole = '0', rest = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole + rest.padEnd(UNIT_DIGITS, '0').slice(0, UNIT_DIGITS))
  return text.startsWith('-') ? -units : units
}

/** Whether what a model gives to all rows is the revenue, to the last digit. */
export function isWhole({ rows, revenue }: Currency, model: string): boolean {
  const parts = rows.map(({ models }) => unitsOf(models[model]?.revenue ?? 0))
  return parts.reduce((sum, units) => sum + units, 0n) === unitsOf(revenue)
}
