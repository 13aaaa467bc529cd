import { events } from '../events.ts'
import { eq } from '../expressions/eq.ts'
import { ratio } from '../measures/derived.ts'
import { distinct } from '../measures/distinct.ts'
import { table } from '../table.ts'
import { tumbling } from '../window.ts'

const sessionsWith = (step: string) =>
  distinct(events.session_id, { where: eq(events.event_type, step) })

export const funnel15m = table('funnel_15m', {
  answers: 'How many sessions saw, carted and bought in each category, quarter by quarter hour?',
  from: events,
  window: tumbling('15 minutes'),
  lateness: '10 minutes',
  by: { category: events.category },
  measures: {
    view_sessions: sessionsWith('view'),
    cart_sessions: sessionsWith('cart'),
    purchase_sessions: sessionsWith('purchase'),
  },
  derive: (measures) => ({
    view_to_cart: ratio(measures.cart_sessions, measures.view_sessions),
    cart_to_purchase: ratio(measures.purchase_sessions, measures.cart_sessions),
    view_to_purchase: ratio(measures.purchase_sessions, measures.view_sessions),
  }),
})
