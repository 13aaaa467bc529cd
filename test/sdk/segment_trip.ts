/** The trip as calls of Segment's e-commerce specification; RudderStack has the same. */
import { TRIP, type TripProduct } from './trip.ts'

export interface TrackCall {
  readonly event: string
  readonly properties: object
}

const { currency, list, view, cart, purchase, refund } = TRIP

function lines(sold: readonly { readonly product: TripProduct; readonly quantity: number }[]) {
  return sold.map(({ product, quantity }) => ({ ...product, quantity }))
}

export const SEGMENT_TRIP: readonly TrackCall[] = [
  { event: 'Product List Viewed', properties: { list_id: list.id, products: list.products } },
  { event: 'Product Viewed', properties: { ...view.product, currency } },
  {
    event: 'Product Added',
    properties: { ...cart.product, quantity: cart.quantity, currency: 'eur' },
  },
  {
    event: 'Order Completed',
    properties: {
      order_id: purchase.order,
      revenue: purchase.revenue,
      shipping: purchase.shipping,
      tax: purchase.tax,
      total: purchase.revenue + purchase.shipping + purchase.tax,
      currency,
      products: lines(purchase.lines),
    },
  },
  {
    event: 'Order Refunded',
    properties: {
      order_id: refund.order,
      total: String(refund.amount),
      currency,
      products: lines(refund.lines),
    },
  },
]
