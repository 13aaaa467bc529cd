/** Good requests of every wire format, from which bad ones are made. */
import type { Json } from './fuzz_grammar.ts'

export interface Examples {
  readonly bodies: readonly Json[]
  /** Queries of pixels and addresses. */
  readonly queries: readonly string[]
}

const TIME = '2026-03-01T11:59:00Z'
const ECOMMERCE = 'iglu:com.snowplowanalytics.snowplow.ecommerce'

const LINE = { product_id: 'p1', name: 'Cup', category: 'a.b', price: 3.05, quantity: 2 }
const EVENT = {
  event_id: 'n1',
  event_type: 'purchase',
  timestamp: TIME,
  user_id: 'u1',
  visitor_id: 'v1',
  order_id: 'o1',
  revenue: 6.1,
  currency: 'EUR',
  items: [LINE, LINE],
  properties: { deep: { down: [1, 2] } },
}
const CALL = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'm1',
  anonymousId: 'v1',
  userId: 'u1',
  timestamp: TIME,
  sentAt: TIME,
  context: { page: { url: 'https://shop.example/?utm_source=x' }, traits: { email: 'a@b' } },
  traits: { name: 'Ann', createdAt: 1_700_000_000 },
  properties: { order_id: 'o1', total: '27.50', currency: 'usd', products: [LINE] },
}

const entity = (name: string, data: Json): Json => ({
  schema: `${ECOMMERCE}/${name}/jsonschema/1-0-0`,
  data,
})
const UE: Json = {
  schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0',
  data: entity('snowplow_ecommerce_action', { type: 'transaction' }),
}
const CONTEXTS: Json = {
  schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0',
  data: [
    entity('transaction', { transaction_id: 'o1', revenue: 5, currency: 'EUR' }),
    entity('product', { id: 'p1', price: 2.5, quantity: 2, category: 'c', currency: 'EUR' }),
    entity('user', { id: 'u1', email: 'a@b' }),
  ],
}
const PAYLOAD = { e: 'pv', eid: 'e1', p: 'web', tv: 'js', dtm: '1772366340000', duid: 'v1' }
const UNPACKED = { ...PAYLOAD, e: 'ue', eid: 'e2', uid: 'u1', ue_pr: UE, co: CONTEXTS }
const PACKED = {
  ...PAYLOAD,
  e: 'ue',
  eid: 'e3',
  ue_px: Buffer.from(JSON.stringify(UE)).toString('base64url'),
  cx: Buffer.from(JSON.stringify(CONTEXTS)).toString('base64url'),
}
const ORDER = { ...PAYLOAD, e: 'tr', eid: 'e4', tr_id: 'o1', tr_tt: '9.90', tr_cu: 'EUR' }
const STRUCT = { ...PAYLOAD, e: 'se', eid: 'e5', se_ca: 'video', se_ac: 'play', se_va: '1' }
const SNOWPLOW_BODY: Json = {
  schema: 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4',
  data: [PAYLOAD, UNPACKED, PACKED, ORDER, STRUCT],
}

const GA4_BODY: Json = {
  client_id: '1.2',
  user_id: 'u1',
  timestamp_micros: 1_772_366_340_123_456,
  user_properties: { tier: { value: 'gold' } },
  consent: { ad_user_data: 'DENIED' },
  events: [
    {
      name: 'purchase',
      params: { transaction_id: 'o1', value: 5, currency: 'EUR', items: [{ item_id: 'p1' }] },
    },
    { name: 'view_item', params: { items: [{ item_id: 'p1', item_category2: 'x', price: '1' }] } },
  ],
}

const CLOUD_EVENT = {
  specversion: '1.0',
  id: '1',
  source: '/shop',
  type: 'com.acme.order.completed',
  time: TIME,
  data: { user_id: 'u1', anonymous_id: 'v1', order_id: 'o1', products: [LINE] },
}

function queryOf(fields: Readonly<Record<string, Json>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) query.set(name, String(value))
  return query.toString()
}

const NATIVE: Examples = { bodies: [EVENT, [EVENT, EVENT], { events: [EVENT] }], queries: [] }

const BY_FORMAT: Readonly<Record<string, Examples>> = {
  native: NATIVE,
  envelope: {
    bodies: [{ id: 1, type: 'click', package_id: 'x', event: { customer_id: 5, timestamp: TIME } }],
    queries: [],
  },
  products: { bodies: [{ ...LINE, stock: 3 }, [LINE]], queries: [] },
  customers: { bodies: [{ customer_id: 'u1', email: 'a@b', age: 33 }], queries: [] },
  segment: { bodies: [CALL, { batch: [CALL, CALL], sentAt: TIME, context: {} }], queries: [] },
  segment_pixel: {
    bodies: [CALL],
    queries: [
      `data=${Buffer.from(JSON.stringify(CALL)).toString('base64')}`,
      queryOf({ event: 'Product Viewed', userId: 'u1', properties: '{"product_id":"p1"}' }),
    ],
  },
  snowplow: {
    bodies: [SNOWPLOW_BODY, [PACKED], ORDER, [STRUCT]],
    queries: [queryOf(PAYLOAD), queryOf(PACKED), queryOf(ORDER)],
  },
  ga4: { bodies: [GA4_BODY], queries: ['measurement_id=G-1'] },
  ga4_debug: { bodies: [GA4_BODY], queries: ['measurement_id=G-1'] },
  cloudevents: { bodies: [CLOUD_EVENT, [CLOUD_EVENT, CLOUD_EVENT]], queries: [] },
}

/** Good requests of a format; a format that is not known here gets those of ours. */
export function examplesOf(format: string): Examples {
  return BY_FORMAT[format] ?? NATIVE
}
