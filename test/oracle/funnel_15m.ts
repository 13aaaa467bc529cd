/** funnel_15m: sessions with a view, a cart and a purchase, by quarter of an hour and category. */
import type { Read, Row } from './event.ts'
import { different, groupBy } from './group.ts'
import { ratio } from './statistics.ts'
import { isoTime, MINUTE_US, windowStart } from './time.ts'

function sessionsWith(members: readonly Read[], step: string): number {
  const alike = members.filter(({ event_type }) => event_type === step)
  return different(alike.map(({ event }) => event.session_id)).size
}

export function funnel15m(events: readonly Read[]): readonly Row[] {
  const keysOf = ({ time, category }: Read) => [
    { window_start: isoTime(windowStart(time, 15 * MINUTE_US)), category },
  ]
  return groupBy(events, keysOf).map(({ keys, members }) => {
    const view_sessions = sessionsWith(members, 'view')
    const cart_sessions = sessionsWith(members, 'cart')
    const purchase_sessions = sessionsWith(members, 'purchase')
    return {
      ...keys,
      view_sessions,
      cart_sessions,
      purchase_sessions,
      view_to_cart: ratio(cart_sessions, view_sessions),
      cart_to_purchase: ratio(purchase_sessions, cart_sessions),
      view_to_purchase: ratio(purchase_sessions, view_sessions),
    }
  })
}
