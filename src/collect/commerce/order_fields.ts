/**
 * What an event says of a product, a cart or an order, in the words of each vocabulary, to our
 * columns. Money that is revenue is told from money that is not: only a purchase and a refund state
 * revenue; everywhere else the same word is a property.
 */
import { events } from '../../model/events.ts'
import type { Columns } from '../../model/stream.ts'
import { columnReader } from '../columns.ts'
import { type FieldTable, fieldTable, readFields, type Target } from '../fields.ts'
import { EVENT_TYPE_ALIASES } from '../steps/put_event_type.ts'
import { Dropped } from '../steps/step.ts'
import {
  type EventNames,
  eventTypeOf,
  GA4_EVENT_NAMES,
  SEGMENT_EVENT_NAMES,
  SNOWPLOW_EVENT_NAMES,
} from './event_names.ts'
import {
  GA4_LINE,
  type LineNames,
  putProductId,
  readLines,
  SEGMENT_LINE,
  SNOWPLOW_LINE,
  STRICT_PRODUCT_COLUMNS,
} from './line_fields.ts'
import { moneyOf } from './money.ts'

/** How a vocabulary writes an event of a shop. */
export interface Vocabulary {
  readonly names: EventNames
  readonly line: LineNames
  /** The field that holds the product lines. */
  readonly lines: string
  /** The fields of an event that moves no money. */
  readonly fields: FieldTable
  /** The fields of a purchase and a refund. */
  readonly order_fields: FieldTable
  /** Where revenue is read where its own field is absent; they stay properties as well. */
  readonly revenue_else: readonly string[]
  /** Names, in lower case, of an order that is refunded whole: what it held is no refunded part. */
  readonly cancelled: ReadonlySet<string>
}

const { columns } = events.declaration
const { product_id, category, brand, price, currency, quantity, order_id } = columns
const { query, rating, review_text, revenue } = columns
const SHOP_COLUMNS: Columns = { product_id, category, brand, price, currency, quantity, order_id }
const ALL_COLUMNS: Columns = { ...SHOP_COLUMNS, query, rating, review_text }
const ORDER_COLUMNS: Columns = { ...SHOP_COLUMNS, revenue }
const STRICT = [...STRICT_PRODUCT_COLUMNS, 'order_id', 'currency', 'revenue']

type Sent = Readonly<Record<string, unknown>>
type Aliases = Readonly<Record<string, string>>

function tableOf(from: Columns, aliases: Aliases, lines: string): FieldTable {
  return fieldTable(from, {
    aliases,
    consumed: [lines],
    money: ['price', 'revenue'],
    strict: STRICT,
  })
}

const SEGMENT_ALIASES = { productId: 'product_id', orderId: 'order_id' }

/** Segment e-commerce, versions 1 and 2; RudderStack has the same. */
export const SEGMENT_COMMERCE: Vocabulary = Object.freeze({
  names: SEGMENT_EVENT_NAMES,
  line: SEGMENT_LINE,
  lines: 'products',
  fields: tableOf(ALL_COLUMNS, { ...SEGMENT_ALIASES, review_body: 'review_text' }, 'products'),
  order_fields: tableOf(ORDER_COLUMNS, SEGMENT_ALIASES, 'products'),
  revenue_else: ['total'],
  cancelled: new Set(['order cancelled', 'cancelled order', 'order canceled']),
})

const GA4_ALIASES = { transaction_id: 'order_id' }

export const GA4_COMMERCE: Vocabulary = Object.freeze({
  names: GA4_EVENT_NAMES,
  line: GA4_LINE,
  lines: 'items',
  fields: tableOf(ALL_COLUMNS, { ...GA4_ALIASES, search_term: 'query' }, 'items'),
  order_fields: tableOf(ORDER_COLUMNS, { ...GA4_ALIASES, value: 'revenue' }, 'items'),
  revenue_else: [],
  cancelled: new Set<string>(),
})

/** Events about one product: what they call `id` or `sku` is that product. */
const PRODUCT_TYPES: ReadonlySet<string> = new Set([
  ...['view', 'click', 'cart', 'remove_from_cart', 'wishlist', 'review'],
])

/** `unitPrice`: of the events that told of a cart before there were entities. */
const SNOWPLOW_ALIASES = { transaction_id: 'order_id', unitPrice: 'price' }

/** Snowplow: an action with what its entities say; `products` are the product entities. */
export const SNOWPLOW_COMMERCE: Vocabulary = Object.freeze({
  names: SNOWPLOW_EVENT_NAMES,
  line: SNOWPLOW_LINE,
  lines: 'products',
  fields: tableOf(ALL_COLUMNS, SNOWPLOW_ALIASES, 'products'),
  order_fields: tableOf(
    ORDER_COLUMNS,
    { ...SNOWPLOW_ALIASES, refund_amount: 'revenue' },
    'products',
  ),
  revenue_else: [],
  cancelled: new Set<string>(),
})

/** An order refunded whole names itself and no amount; what else was sent says what it had been. */
const CANCELLED_FIELDS = fieldTable(
  { order_id, currency },
  { aliases: { ...SEGMENT_ALIASES, ...GA4_ALIASES }, strict: STRICT },
)

const readRevenue = columnReader('revenue', revenue)

function putRevenueElse(target: Target, sent: Sent, names: readonly string[]): Dropped | undefined {
  for (const name of names) {
    if (target.revenue !== undefined) return undefined
    const value = sent[name]
    if (value === undefined || value === null || value === '') continue
    const amount = readRevenue?.(moneyOf(value))
    if (amount instanceof Dropped) return amount
    target.revenue = amount
  }
  return undefined
}

/** Tricky: some write the currency on each product alone; one for all is the event's. */
function putCurrencyOfLines(target: Target, lines: readonly Target[]): void {
  if (target.currency !== undefined) return
  const [first, ...others] = lines.map(({ properties }) => properties?.currency)
  if (typeof first !== 'string' || others.some((other) => other !== first)) return
  if (first.length === 3) target.currency = first
}

/** Reads product lines into `items`; answers the first mistake. */
function putLines(
  target: Target,
  value: unknown,
  name: string,
  names: LineNames,
): Dropped | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const lines = readLines(value, name, names)
  if (lines instanceof Dropped) return lines
  if (lines.length > 0) target.items = lines
  putCurrencyOfLines(target, lines)
  return undefined
}

/**
 * Reads an event with its name and fields into `target`, `event_type` included. The name itself is
 * kept as the property `event_name` where our word differs. Answers the first mistake.
 */
export function readCommerce(
  name: string,
  sent: Sent,
  vocabulary: Vocabulary,
  target: Target,
): Dropped | undefined {
  const { names, line, lines, fields, order_fields, revenue_else, cancelled } = vocabulary
  const word = eventTypeOf(name, names)
  const type = EVENT_TYPE_ALIASES.get(word) ?? word
  target.event_type = type
  if (type !== name) target.properties = { event_name: name }
  if (type !== 'purchase' && type !== 'refund') {
    const dropped = readFields(sent, fields, target) ?? putLines(target, sent[lines], lines, line)
    if (dropped || !PRODUCT_TYPES.has(type) || target.items) return dropped
    return putProductId(target, line.stand_ins)
  }
  if (cancelled.has(name.toLowerCase())) return readFields(sent, CANCELLED_FIELDS, target)
  return (
    readFields(sent, order_fields, target) ??
    putRevenueElse(target, sent, revenue_else) ??
    putLines(target, sent[lines], lines, line)
  )
}
