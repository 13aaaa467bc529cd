/** The answer of attribution, as JSON: per currency a row per value, in it a cell per model. */
import type { Model } from './attribution_parameters.ts'

/** Decimals of more than 15 digits are text, so that they stay exact. */
export type Amount = number | string

export interface AttributionCell {
  readonly revenue: Amount
  /** Of all revenue in this currency; null where that is zero. */
  readonly share: number | null
  readonly people: string
}

export interface AttributionRow {
  /** value: `value` is it, or null for visits that have none. */
  readonly row: 'value' | 'unattributed'
  readonly value: string | null
  /** Orders before which there was at least one such visit. */
  readonly orders: number
  readonly people: string
  readonly models: Readonly<Partial<Record<Model, AttributionCell>>>
}

export interface CurrencyAttribution {
  readonly currency: string | null
  readonly orders: number
  /** Of them, in another currency and converted at the rate of their day. */
  readonly orders_converted: number
  /** Of them, without an amount: they count and add nothing. */
  readonly orders_without_revenue: number
  readonly revenue: Amount
  readonly attributed: Amount
  readonly unattributed: Amount
  readonly rows: readonly AttributionRow[]
}

export interface AttributionAnswer {
  readonly by: string
  readonly models: readonly Model[]
  readonly lookback: string
  readonly half_life: string
  readonly direct: string
  readonly from: string | null
  readonly to: string | null
  readonly definition: string
  readonly orders: number
  readonly orders_attributed: number
  /** The share of orders before which a visit is known: what tracking sees of the business. */
  readonly tracking_coverage: number | null
  readonly currencies: readonly CurrencyAttribution[]
}

const number = { type: 'number' }
const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const rate = { type: ['number', 'null'] }
const amount = { type: ['number', 'string'] }
const list = (properties: object) => ({ type: 'array', items: { type: 'object', properties } })
const cell = { type: 'object', properties: { revenue: amount, share: rate, people: text } }

export const ATTRIBUTION_SCHEMA = {
  type: 'object',
  properties: {
    ...{ by: text, models: { type: 'array', items: text }, lookback: text, half_life: text },
    ...{ direct: text, from: textOrNull, to: textOrNull, definition: text },
    ...{ orders: number, orders_attributed: number, tracking_coverage: rate },
    currencies: list({
      ...{ currency: textOrNull, orders: number, orders_converted: number },
      ...{ orders_without_revenue: number, revenue: amount, attributed: amount },
      unattributed: amount,
      rows: list({
        ...{ row: text, value: textOrNull, orders: number, people: text },
        models: { type: 'object', additionalProperties: cell },
      }),
    }),
  },
} as const
