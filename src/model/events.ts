/**
 * The stream `events`: one row per event. The one home of its columns, types, bounds and labels.
 */
import type { Expression } from './expression.ts'
import { coalesce } from './expressions/coalesce.ts'
import { multiply } from './expressions/multiply.ts'
import { decimal, integer, json, type Stream, stream, text, timestamp } from './stream.ts'

/** Event types we know by name. Any other word is accepted under the base schema. */
export const EVENT_TYPES = {
  page: 'a page was seen',
  search: 'the shop was searched',
  list: 'a list of products was seen',
  click: 'something was clicked',
  view: 'a product was seen',
  cart: 'a product was put into the cart',
  remove_from_cart: 'a product was taken out of the cart',
  wishlist: 'a product was put on a wish list',
  checkout: 'a checkout was begun or went a step on',
  purchase: 'an order was placed',
  refund: 'an order was refunded, wholly or in part',
  review: 'a product was reviewed or rated',
  login: 'a customer logged in',
  signup: 'a customer signed up',
} as const
export type EventType = keyof typeof EVENT_TYPES

const ID = { bound: 256 }
const WORD = { bound: 512 }
const URL_TEXT = { bound: 4_096 }

export const events = stream({
  name: 'events',
  about: 'one row per event, deduplicated',
  kind: 'rows',
  time: 'event_time',
  columns: {
    event_id: text('the event, unique within its source', ID),
    event_type: text('what happened, one word', { bound: 64 }),
    event_time: timestamp('when it happened, UTC, corrected for a wrong client clock', {
      internal: true,
    }),
    client_time: timestamp('when the client said it happened, UTC'),
    received_at: timestamp('when the collector took it, UTC', { internal: true }),
    source: text('whose write key sent it, or which import', { ...ID, internal: true }),
    origin: text('who told: server, import or browser', { bound: 16, internal: true }),
    visitor_id: text('the visitor: anonymous_id, else user_id, else session_id', {
      derived: (): Expression => coalesce(events.anonymous_id, events.user_id, events.session_id),
    }),
    user_id: text('the customer, where known', ID),
    anonymous_id: text('the browser or device', ID),
    session_id: text("the client's own session", ID),
    product_id: text('the product', ID),
    category: text('the category, levels separated by a point', WORD),
    brand: text('the brand', WORD),
    price: decimal('the price of one unit, in `currency`', { bound: 1e9 }),
    currency: text('three letters (ISO 4217)', { bound: 3 }),
    quantity: integer('how many units; one where a price came without it', { bound: 1e6 }),
    value: decimal('price x quantity', {
      derived: (): Expression => multiply(events.price, coalesce(events.quantity, 1)),
    }),
    order_id: text('the order', ID),
    line_id: text('the line of the order that this event is; lines of an order add up', ID),
    revenue: decimal("the order's revenue or the refunded amount, where stated", { bound: 1e9 }),
    page_url: text('the page', URL_TEXT),
    referrer: text('the page before', URL_TEXT),
    utm_source: text('campaign source', WORD),
    utm_medium: text('campaign medium', WORD),
    utm_campaign: text('campaign name', WORD),
    utm_term: text('campaign term', WORD),
    utm_content: text('campaign content', WORD),
    device_type: text('mobile, desktop, tablet, ...', { bound: 64 }),
    query: text('what was searched for', { bound: 1_024 }),
    rating: decimal('the rating given', { bound: 1e6 }),
    review_text: text('the words of a review', { bound: 10_000 }),
    ip: text('the network address of the client', { bound: 64 }),
    user_agent: text('the program of the client', { bound: 1_024 }),
    properties: json('all that has no column of its own'),
  },
})

/** The columns a product line has of its own; all others of `items` are its event's. */
export const LINE_COLUMNS = {
  line_id: text('the line within its order', ID),
  product_id: events.declaration.columns.product_id,
  product_name: text('the name of the product', WORD),
  category: events.declaration.columns.category,
  brand: events.declaration.columns.brand,
  price: events.declaration.columns.price,
  quantity: events.declaration.columns.quantity,
  properties: json('all of the line that has no column of its own'),
} as const

/** The stream `items`: one row per product line of an event, so events are never counted by it. */
export const items = stream({
  name: 'items',
  about: 'one row per product line of an event',
  kind: 'rows',
  time: 'event_time',
  columns: {
    event_id: events.declaration.columns.event_id,
    event_type: events.declaration.columns.event_type,
    event_time: events.declaration.columns.event_time,
    source: events.declaration.columns.source,
    visitor_id: text('the visitor', { internal: true }),
    user_id: events.declaration.columns.user_id,
    session_id: events.declaration.columns.session_id,
    order_id: events.declaration.columns.order_id,
    currency: events.declaration.columns.currency,
    ...LINE_COLUMNS,
    value: decimal('price x quantity', {
      derived: (): Expression => multiply(items.price, coalesce(items.quantity, 1)),
    }),
  },
})

export type EventsStream = Stream<typeof events.declaration.columns>
