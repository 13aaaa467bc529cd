/** The shopping trip as Snowplow's trackers send it: an action, and its entities beside it. */
import { KETTLE, TRIP, type TripProduct } from './trip.ts'

const ECOMMERCE = 'iglu:com.snowplowanalytics.snowplow.ecommerce'

interface SelfDescribing {
  readonly schema: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface TripCall {
  readonly event: SelfDescribing
  readonly context: readonly SelfDescribing[]
}

function entity(name: string, data: SelfDescribing['data']): SelfDescribing {
  return { schema: `${ECOMMERCE}/${name}/jsonschema/1-0-0`, data }
}

function product({ product_id, ...told }: TripProduct, quantity?: number): SelfDescribing {
  const { currency } = TRIP
  const counted = quantity === undefined ? {} : { quantity }
  return entity('product', { id: product_id, ...told, currency, ...counted })
}

function call(type: string, version: string, ...context: readonly SelfDescribing[]): TripCall {
  const schema = `${ECOMMERCE}/snowplow_ecommerce_action/jsonschema/${version}`
  return { event: { schema, data: { type } }, context }
}

function lines(sent: readonly { readonly product: TripProduct; readonly quantity: number }[]) {
  return sent.map(({ product: one, quantity }) => product(one, quantity))
}

/** One product seen, as a load of many sends it. */
export function productView(product_id: string): TripCall {
  return call('product_view', '1-0-1', product({ ...KETTLE, product_id }))
}

const { list, view, cart, purchase, refund, currency } = TRIP

export const SNOWPLOW_TRIP: readonly TripCall[] = Object.freeze([
  call('list_view', '1-0-0', ...list.products.map((one) => product(one))),
  call('product_view', '1-0-1', product(view.product)),
  call(
    'add_to_cart',
    '1-0-2',
    product(cart.product, cart.quantity),
    entity('cart', { total_value: cart.product.price, currency }),
  ),
  call(
    'transaction',
    '1-0-2',
    entity('transaction', {
      transaction_id: purchase.order,
      revenue: purchase.revenue,
      tax: purchase.tax,
      shipping: purchase.shipping,
      currency,
      payment_method: 'card',
      total_quantity: 3,
    }),
    ...lines(purchase.lines),
  ),
  call(
    'refund',
    '1-0-2',
    entity('refund', {
      transaction_id: refund.order,
      refund_amount: refund.amount,
      currency,
      refund_reason: 'broken',
    }),
    ...lines(refund.lines),
  ),
])
