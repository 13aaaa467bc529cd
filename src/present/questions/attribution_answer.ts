/** Sums from SQL put into the answer of attribution: currencies, rows, a cell per model. */
import type { Row } from '../../engine/contract.ts'
import { jsonValue } from '../../std/duckdb.ts'
import {
  ATTRIBUTION_PARAMETERS,
  type AttributionAsked,
  type Model,
  modelsOf,
} from './attribution_parameters.ts'
import type {
  Amount,
  AttributionAnswer,
  AttributionCell,
  AttributionRow,
  CurrencyAttribution,
} from './attribution_shape.ts'
import { peoplePath } from './parameters.ts'

const DEFINITION = [
  'Revenue is that of the orders placed in the range, net of refunds, each order once.',
  'A visit is a session of the same person that began no later than the order and had not ended',
  'before the look-back window, that of the order included; an order or a refund that a server',
  'told, with nothing else, is no visit.',
  'first and last give all to one visit, linear the same to each, position 40 % to the first and',
  'the last and 20 % to those between (half each where there are two), time_decay half as much to',
  'a visit one half-life earlier.',
  'Every model adds up to the revenue exactly; orders without a visit are the row unattributed.',
].join(' ')

const integer = (value: unknown): bigint => BigInt(String(value ?? 0))

/** Ten-thousandths as a decimal. */
function amountOf(units: bigint): Amount {
  const digits = String(units < 0n ? -units : units).padStart(5, '0')
  const text = `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`
  return jsonValue(text, 'DECIMAL(38,4)') as Amount
}

const shareOf = (part: bigint, whole: bigint) => {
  return whole === 0n ? null : Number(part) / Number(whole)
}

type CellWords = Readonly<Record<string, string | null>>

function linkOf(asked: AttributionAsked, cell: CellWords): string {
  const question = { name: 'attribution', parameters: ATTRIBUTION_PARAMETERS }
  return peoplePath(question, asked, cell)
}

function rowOf(asked: AttributionAsked, row: Row, whole: bigint): AttributionRow {
  const isValue = row.what === 'value'
  const value = isValue ? ((row.value ?? null) as string | null) : null
  const kind = isValue ? (value === null ? 'none' : 'value') : 'unattributed'
  const cell = { row: kind, value, in_currency: (row.currency ?? null) as string | null }
  const models = modelsOf(asked).map((model): [Model, AttributionCell] => {
    const units = integer(isValue ? row[`units_${model}`] : row.units)
    const people = linkOf(asked, { ...cell, model })
    return [model, { revenue: amountOf(units), share: shareOf(units, whole), people }]
  })
  return {
    row: isValue ? 'value' : 'unattributed',
    value,
    orders: Number(row.orders),
    people: linkOf(asked, cell),
    models: Object.fromEntries(models),
  }
}

/** The unattributed row always stands there, last, be it zero. */
function currencyOf(asked: AttributionAsked, all: Row, rows: readonly Row[]): CurrencyAttribution {
  const own = rows.filter(({ currency }) => currency === all.currency)
  const none = { what: 'unattributed', currency: all.currency, orders: 0, units: 0 }
  const left = own.find(({ what }) => what === 'unattributed') ?? none
  const values = own.filter(({ what }) => what === 'value')
  const whole = integer(all.units)
  return {
    currency: (all.currency ?? null) as string | null,
    orders: Number(all.orders),
    orders_converted: Number(all.converted),
    orders_without_revenue: Number(all.unpriced),
    revenue: amountOf(whole),
    attributed: amountOf(whole - integer(left.units)),
    unattributed: amountOf(integer(left.units)),
    rows: [...values, left].map((row) => rowOf(asked, row, whole)),
  }
}

export function attributionAnswer(
  asked: AttributionAsked,
  rows: readonly Row[],
): AttributionAnswer {
  const count = (name: string) =>
    rows.filter(({ what }) => what === name).reduce((sum, row) => sum + Number(row.orders), 0)
  const [orders, untouched] = [count('order'), count('unattributed')]
  const { by, lookback, half_life, direct, from = null, to = null } = asked
  return {
    ...{ by, models: modelsOf(asked), lookback, half_life, direct, from, to },
    definition: DEFINITION,
    orders,
    orders_attributed: orders - untouched,
    tracking_coverage: orders === 0 ? null : (orders - untouched) / orders,
    currencies: rows
      .filter(({ what }) => what === 'order')
      .map((all) => currencyOf(asked, all, rows)),
  }
}

/** A row per currency and value, a column per model. */
export function attributionRows({ by, currencies }: AttributionAnswer): readonly Row[] {
  return currencies.flatMap(({ currency, rows }) =>
    rows.map(({ row, value, orders, models }) => ({
      currency,
      [by]: row === 'unattributed' ? '(unattributed)' : (value ?? '(none)'),
      orders,
      ...Object.fromEntries(Object.entries(models).map(([model, { revenue }]) => [model, revenue])),
    })),
  )
}
