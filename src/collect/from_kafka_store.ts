/**
 * What the systems of a store tell, each stream in a topic of its own or all in one: products with
 * their stock, customers with their last login, transactions, product views, what else customers do
 * (wish lists, reviews, ratings), and logs. What an object is, its fields tell:
 *
 *   {"transaction_id":"t1","customer_id":"c1","product_id":"p1","quantity":2,"date_time":"..."}
 *   {"view_id":"v1","customer_id":"c1","product_id":"p1","timestamp":"..."}
 *   {"interaction_id":"i1","interaction_type":"review","details":{"rating":5,"review_text":".."}}
 *   {"customer_id":"c1","name":"Ada","gender":"female","last_login":"..."}
 *   {"product_id":"p1","name":"Kettle","category":"kitchen","price":29.9,"stock_quantity":12}
 *   {"log_id":"l1","level":"error","message":"card declined","timestamp":"..."}
 */
import type { CanonicalEvent } from '../model/record.ts'
import { eventFields, readEvent } from './formats/event_fields.ts'
import type { Entry, MixedFormat, RowFormat } from './formats/format.ts'
import { identityOf } from './formats/identity.ts'
import { logs } from './formats/logs.ts'
import { native } from './formats/native.ts'
import { customers, products } from './formats/rows.ts'
import { type Fields, isObject, isSaid } from './formats/sent_object.ts'
import { Dropped } from './steps/step.ts'

const FIELDS = eventFields({
  aliases: {
    customer_id: 'user_id',
    date_time: 'client_time',
    transaction_id: 'order_id',
    total_amount: 'revenue',
    comment: 'review_text',
  },
})

/** The field that names a thing of a stream, and what happened then. */
const EVENT_OF: Readonly<Record<string, string>> = {
  transaction_id: 'purchase',
  view_id: 'view',
}
const INTERACTIONS: Readonly<Record<string, string>> = {
  wishlist_addition: 'wishlist',
  add_to_wishlist: 'wishlist',
  rating: 'review',
}
const UNDONE = /^(refunded|returned|cancell?ed)$/i
const CUSTOMER_NAMES = { account_created: 'registered_at' } as const
const PRODUCT_NAMES = { stock_quantity: 'stock' } as const

function typeOf(value: Fields): string | undefined {
  const { interaction_type, event_type, status } = value
  if (typeof interaction_type === 'string')
    return INTERACTIONS[interaction_type] ?? interaction_type
  if (typeof event_type === 'string') return event_type
  const named = Object.keys(EVENT_OF).find((name) => isSaid(value[name]))
  if (named === 'transaction_id' && UNDONE.test(String(status))) return 'refund'
  return named && EVENT_OF[named]
}

/** Under the name by which another transaction, view or interaction is another event. */
function idOf({ event_id, transaction_id, view_id, interaction_id }: Fields, type: string) {
  if (isSaid(event_id)) return event_id
  if (isSaid(transaction_id)) return `${transaction_id}-${type}`
  return view_id ?? interaction_id
}

function eventOf(value: Fields, type: string): readonly Entry[] | Dropped {
  const { details, view_id: _, interaction_id: __, interaction_type: ___, ...own } = value
  const said = isObject(details)
    ? { ...details, ...own }
    : { ...own, ...(details ? { details } : {}) }
  const id = idOf(value, type)
  const sent = { ...said, event_type: type, ...(isSaid(id) ? { event_id: id } : {}) }
  const event = readEvent(sent, FIELDS)
  return event instanceof Dropped ? event : [{ kind: 'event', event }, ...identityOf(event)]
}

function rowOf(
  format: RowFormat,
  value: Fields,
  names: Readonly<Record<string, string>>,
): readonly Entry[] | Dropped {
  const renamed = Object.entries(value).map(([name, said]) => [names[name] ?? name, said])
  const read = format.row(Object.fromEntries(renamed))
  return read instanceof Dropped ? read : [{ kind: format.dimension, ...read }]
}

/** A customer who logged in last at a time did so: the tables of customers go by events. */
function loginOf({ last_login, customer_id, user_id }: Fields): readonly Entry[] | Dropped {
  if (!isSaid(last_login)) return []
  const who = customer_id ?? user_id
  const said = { user_id: who, timestamp: last_login, event_id: `login-${who}-${last_login}` }
  const event: CanonicalEvent | Dropped = readEvent({ ...said, event_type: 'login' }, FIELDS)
  return event instanceof Dropped ? event : [{ kind: 'event', event }]
}

function entriesOf(sent: object): readonly Entry[] | Dropped {
  const value = sent as Fields
  const type = typeOf(value)
  if (type !== undefined) return eventOf(value, type)
  if (isSaid(value.level) && isSaid(value.message)) return rowOf(logs, value, {})
  if (isSaid(value.product_id)) return rowOf(products, value, PRODUCT_NAMES)
  const customer = rowOf(customers, value, CUSTOMER_NAMES)
  if (customer instanceof Dropped) return customer
  const login = loginOf(value)
  return login instanceof Dropped ? login : [...customer, ...login]
}

export const store: MixedFormat = Object.freeze<MixedFormat>({
  name: 'store',
  about: "a store's streams: products, customers, transactions, views, interactions, logs",
  kind: 'mixed',
  paths: [],
  split: native.split,
  entries: entriesOf,
  answer: () => ({}),
})
