/**
 * One shopping trip, the same for every program that can send one: a list is seen, a product is
 * seen and put into the cart, two are bought, one piece is given back. Whoever sends it, and in
 * whatever words, the rows must be equal.
 */
import assert from 'node:assert/strict'
import type { Row } from '../../src/engine/contract.ts'

export interface TripProduct {
  readonly product_id: string
  readonly name: string
  readonly category: string
  readonly brand: string
  readonly price: number
}

export const KETTLE: TripProduct = Object.freeze({
  product_id: 'kettle',
  name: 'Kettle',
  category: 'kitchen',
  brand: 'Acme',
  price: 19.9,
})
export const CUP: TripProduct = Object.freeze({
  product_id: 'cup',
  name: 'Cup',
  category: 'kitchen',
  brand: 'Acme',
  price: 3.05,
})

/**
 * What is sent, in plain words; amounts are in euros. A quantity is sent only where one is named.
 */
export const TRIP = Object.freeze({
  user: 'user-1',
  visitor: 'visitor-1',
  currency: 'EUR',
  list: { id: 'offers', products: [KETTLE, CUP] },
  view: { product: KETTLE },
  cart: { product: KETTLE, quantity: 1 },
  purchase: {
    order: 'order-1',
    lines: [
      { product: KETTLE, quantity: 1 },
      { product: CUP, quantity: 2 },
    ],
    revenue: 26,
    shipping: 4.5,
    tax: 2,
  },
  refund: { order: 'order-1', lines: [{ product: CUP, quantity: 1 }], amount: 3.05 },
})

export type TripStep = 'list' | 'view' | 'cart' | 'purchase' | 'refund'

/** (type, product, quantity, price, order, revenue), a row for each product of each event. */
const EXPECTED: readonly (readonly [TripStep, ...(string | number | null)[]])[] = [
  ['list', 'cup', null, 3.05, null, null],
  ['list', 'kettle', null, 19.9, null, null],
  ['view', 'kettle', null, 19.9, null, null],
  ['cart', 'kettle', 1, 19.9, null, null],
  ['purchase', 'cup', 2, 3.05, 'order-1', 26],
  ['purchase', 'kettle', 1, 19.9, 'order-1', 26],
  ['refund', 'cup', 1, 3.05, 'order-1', 3.05],
]

/** Asks an engine's store for the rows of the trip, of one source or of all. */
export function tripSql(source?: string): string {
  return `SELECT event_type AS type, product_id AS product, quantity, price, order_id AS "order",
      (SELECT any_value(revenue) FROM events AS told
        WHERE told.source = items.source AND told.event_id = items.event_id) AS revenue
    FROM items ${source === undefined ? '' : `WHERE source = '${source}'`}`
}

/** Asserts that the rows are those of the trip; `without` names what a protocol cannot say. */
export function assertTrip(rows: readonly Row[], without: readonly TripStep[] = []): void {
  const number = (value: unknown) => (value === null ? null : Number(value))
  const told = rows.map(({ type, product, quantity, price, order, revenue }) => [
    ...[type, product, number(quantity), number(price), order ?? null, number(revenue)],
  ])
  const due = EXPECTED.filter(([type]) => !without.includes(type))
  const sorted = (table: readonly (readonly unknown[])[]) =>
    table.map((row) => JSON.stringify(row)).sort()
  assert.deepEqual(sorted(told), sorted(due))
}
