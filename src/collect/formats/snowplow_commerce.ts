/**
 * Snowplow's self-describing events, in our words. An e-commerce action says only what happened;
 * the products, the order, the step stand beside it, each in an entity of its own. What an entity
 * says is read as if the event said it; every other entity stays in the property `contexts`.
 *
 *   ue  {"schema":"iglu:…ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2",
 *        "data":{"type":"add_to_cart"}}
 *   co  [{"schema":"iglu:…ecommerce/product/…","data":{"id":"p1","price":19.9,"currency":"EUR"}}]
 */

import { shown } from '../columns.ts'
import { readCommerce, SNOWPLOW_COMMERCE } from '../commerce/order_fields.ts'
import { putProperty, type Target } from '../fields.ts'
import { type Dropped, invalid } from '../steps/step.ts'
import { type Fields, isObject } from './sent_object.ts'
import { type SelfDescribing, selfDescribing } from './snowplow_json.ts'

const COMMERCE_VENDOR = 'com.snowplowanalytics.snowplow.ecommerce'
const ACTION = 'snowplow_ecommerce_action'

/** Entities whose fields the event takes over, where it has none of the same name. */
const TAKEN_OVER: ReadonlySet<string> = new Set([
  'cart',
  'checkout_step',
  'promotion',
  'refund',
  'transaction',
  'transaction_error',
])

/** The entities beside an event, told apart. */
export interface Entities {
  readonly products: readonly unknown[]
  readonly taken: readonly SelfDescribing[]
  /** What the shop says of who is logged in. */
  readonly user: Fields | undefined
  /** The session of a mobile tracker. */
  readonly session: Fields | undefined
  /** All that stays as it is. */
  readonly others: readonly unknown[]
}

/** Reads `co`: a self-describing list of self-describing entities, or that list alone. */
export function readEntities(co: unknown): Entities | Dropped {
  const list = isObject(co) ? co.data : co
  if (list !== undefined && !Array.isArray(list)) {
    return invalid('wrong_type', `the contexts are ${shown(co)}; they must be JSON of a list`)
  }
  const products: unknown[] = []
  const taken: SelfDescribing[] = []
  const others: unknown[] = []
  let user: Fields | undefined
  let session: Fields | undefined
  for (const sent of list ?? []) {
    const entity = selfDescribing(sent)
    const isCommerce = entity?.vendor === COMMERCE_VENDOR
    if (entity && isObject(entity.data)) {
      if (isCommerce && entity.name === 'product') {
        products.push(entity.data)
        continue
      }
      if (isCommerce && TAKEN_OVER.has(entity.name)) {
        taken.push(entity)
        continue
      }
      if (isCommerce && entity.name === 'user') user ??= entity.data
      if (entity.name === 'client_session') session ??= entity.data
    }
    others.push(sent)
  }
  return { products, taken, user, session, others }
}

/** What happened: its name, what is said of it, and the schema where that is not ours to know. */
export interface Happening {
  readonly name: string
  readonly fields: Fields
  readonly schema?: string
}

/** A search names its words one by one. */
function withQuery(fields: Fields): Fields {
  const { terms } = fields
  if (!Array.isArray(terms)) return fields
  return { query: terms.filter((term) => typeof term === 'string').join(' '), ...fields }
}

/** What a self-describing event says happened. */
export function readHappening(ue: unknown): Happening | Dropped {
  const outer = selfDescribing(ue)
  const event = outer?.name === 'unstruct_event' ? selfDescribing(outer.data) : outer
  if (!event) {
    const due = 'it must be self-describing JSON, {"schema":"iglu:...","data":{...}}'
    return invalid('wrong_type', `the event is ${shown(ue)}; ${due}`)
  }
  const { name, schema } = event
  const fields = isObject(event.data) ? event.data : { data: event.data }
  const { type, ...others } = fields
  const isAction = name === ACTION && typeof type === 'string' && type !== ''
  if (isAction) return { name: type, fields: others }
  return { name, fields: name === 'site_search' ? withQuery(fields) : fields, schema }
}

/** What the event and its entities say together; an entity that says otherwise stays whole. */
function saidTogether(own: Fields, { products, taken }: Entities) {
  const said = new Map(Object.entries(own))
  const left: unknown[] = []
  for (const { schema, data } of taken) {
    const fields = Object.entries(data as Fields)
    const differs = fields.some(([name, value]) => said.has(name) && said.get(name) !== value)
    if (differs) left.push({ schema, data })
    else for (const [name, value] of fields) said.set(name, value)
  }
  if (products.length > 0) said.set('products', products)
  return { said: Object.fromEntries(said), left }
}

/** Reads what happened into `target`, `event_type` included; answers the first mistake. */
export function readEvent(
  { name, fields, schema }: Happening,
  entities: Entities,
  target: Target,
): Dropped | undefined {
  const { said, left } = saidTogether(fields, entities)
  const dropped = readCommerce(name, said, SNOWPLOW_COMMERCE, target)
  if (dropped) return dropped
  if (schema !== undefined) putProperty(target, 'schema', schema)
  const contexts = [...left, ...entities.others]
  if (contexts.length > 0) putProperty(target, 'contexts', contexts)
  return undefined
}
