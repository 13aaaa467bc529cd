import { customers } from '../dimensions.ts'
import { events } from '../events.ts'
import { eq } from '../expressions/eq.ts'
import { isNull } from '../expressions/is_null.ts'
import { not } from '../expressions/not.ts'
import { avg } from '../measures/avg.ts'
import { count } from '../measures/count.ts'
import { max } from '../measures/max.ts'
import { table } from '../table.ts'
import { allTime } from '../window.ts'

const only = (event_type: string) => ({ where: eq(events.event_type, event_type) })

/** By the user id that events name; links of visitors are followed in `customer_features`. */
export const customerInteractions = table('customer_interactions', {
  answers: 'How much does each known customer do, wish for and review, and how do they rate?',
  from: events,
  window: allTime(),
  lateness: '10 minutes',
  by: { user_id: events.user_id },
  where: not(isNull(events.user_id)),
  join: { customer_name: customers.customer_name, gender: customers.gender },
  measures: {
    interactions: count(),
    views: count(only('view')),
    carts: count(only('cart')),
    wishlists: count(only('wishlist')),
    purchases: count(only('purchase')),
    reviews: count(only('review')),
    ratings: count({ where: not(isNull(events.rating)) }),
    rating_avg: avg(events.rating),
    last_interaction: max(events.event_time),
  },
})
