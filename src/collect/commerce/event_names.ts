/**
 * What shops' programs call an event, and the word that our tables know it by. One table per
 * vocabulary; a name that stands in none keeps its own words, in snake_case.
 */
import { type EventType, events } from '../../model/events.ts'

/** Names in lower case to our event types. */
export type EventNames = ReadonlyMap<string, EventType>

const WORD_LENGTH_MAX = events.declaration.columns.event_type.bound ?? 64

/** Segment's e-commerce specification, version 2 and its names of version 1; its two B2B calls. */
export const SEGMENT_EVENT_NAMES: EventNames = new Map<string, EventType>([
  ['products searched', 'search'],
  ['product list viewed', 'list'],
  ['viewed product category', 'list'],
  ['product list filtered', 'list'],
  ['product clicked', 'click'],
  ['clicked product', 'click'],
  ['product viewed', 'view'],
  ['viewed product', 'view'],
  ['product added', 'cart'],
  ['added product', 'cart'],
  ['wishlist product added to cart', 'cart'],
  ['product removed', 'remove_from_cart'],
  ['removed product', 'remove_from_cart'],
  ['product added to wishlist', 'wishlist'],
  ['checkout started', 'checkout'],
  ['started order', 'checkout'],
  ['checkout step viewed', 'checkout'],
  ['viewed checkout step', 'checkout'],
  ['checkout step completed', 'checkout'],
  ['completed checkout step', 'checkout'],
  ['payment info entered', 'checkout'],
  ['order completed', 'purchase'],
  ['completed order', 'purchase'],
  ['order refunded', 'refund'],
  ['refunded order', 'refund'],
  ['order cancelled', 'refund'],
  ['cancelled order', 'refund'],
  ['order canceled', 'refund'],
  ['product reviewed', 'review'],
  ['reviewed product', 'review'],
  ['signed up', 'signup'],
  ['signed in', 'login'],
  ['logged in', 'login'],
])

/** Google Analytics 4: recommended and automatic events. */
export const GA4_EVENT_NAMES: EventNames = new Map<string, EventType>([
  ['page_view', 'page'],
  ['search', 'search'],
  ['view_search_results', 'search'],
  ['view_item_list', 'list'],
  ['select_item', 'click'],
  ['view_item', 'view'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'remove_from_cart'],
  ['add_to_wishlist', 'wishlist'],
  ['begin_checkout', 'checkout'],
  ['add_shipping_info', 'checkout'],
  ['add_payment_info', 'checkout'],
  ['purchase', 'purchase'],
  ['in_app_purchase', 'purchase'],
  ['ecommerce_purchase', 'purchase'],
  ['refund', 'refund'],
  ['login', 'login'],
  ['sign_up', 'signup'],
])

/** Snowplow: `type` of an e-commerce action, and the names of its events. */
export const SNOWPLOW_EVENT_NAMES: EventNames = new Map<string, EventType>([
  ['page_view', 'page'],
  ['site_search', 'search'],
  ['list_view', 'list'],
  ['list_click', 'click'],
  ['product_view', 'view'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'remove_from_cart'],
  ['checkout_step', 'checkout'],
  ['transaction', 'purchase'],
  ['refund', 'refund'],
])

/** The event type of a sent name: our word for it, else its own words in snake_case, at most 64. */
export function eventTypeOf(name: string, names: EventNames): string {
  return names.get(name.toLowerCase()) ?? snakeCase(name)
}

const isUpper = (sign: string) => sign !== sign.toLowerCase()
const isWordSign = (sign: string) =>
  (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign > '\u00bf'

/** `Cart Viewed`, `cartViewed` and `cart-viewed` are all `cart_viewed`. */
function snakeCase(name: string): string {
  let word = ''
  let before: 'start' | 'gap' | 'upper' | 'lower' = 'start'
  for (const sign of name) {
    const lower = sign.toLowerCase()
    if (!isWordSign(lower)) {
      before = before === 'start' ? 'start' : 'gap'
      continue
    }
    const now = isUpper(sign) ? 'upper' : 'lower'
    if (before === 'gap' || (before === 'lower' && now === 'upper')) word += '_'
    if (word.length + lower.length > WORD_LENGTH_MAX) break
    word += lower
    before = now
  }
  return word.replace(/_$/, '') || name.slice(0, WORD_LENGTH_MAX)
}
