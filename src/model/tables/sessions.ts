/**
 * Sessions: one row per visit, with its steps in order. What funnels, paths, retention, attribution
 * and the customers' features are read from.
 */
import { channel } from '../channel.ts'
import { events } from '../events.ts'
import { beforeFirst } from '../expressions/before_first.ts'
import { eq } from '../expressions/eq.ts'
import { avg } from '../measures/avg.ts'
import { count } from '../measures/count.ts'
import { atLeast, below, otherwise, plus, secondsBetween, times } from '../measures/derived.ts'
import { first } from '../measures/first.ts'
import { max } from '../measures/max.ts'
import { min } from '../measures/min.ts'
import { different, firstStep, lastStep, steps, truncatedSteps } from '../measures/steps.ts'
import { sum } from '../measures/sum.ts'
import { table } from '../table.ts'
import { session } from '../window.ts'

const only = (event_type: string) => ({ where: eq(events.event_type, event_type) })
const page = beforeFirst(events.page_url, '?')

/** The gap ends sessions of visitors whose client tells of none: the setting `session_gap_ms`. */
export const sessionsTable = (gap_ms: number) =>
  table('sessions', {
    answers: 'What did each visit do, step by step; where did it begin and end, and did it buy?',
    from: events,
    window: session(gap_ms, { id: 'session_id' }),
    lateness: '10 minutes',
    by: { visitor_id: events.visitor_id, session_id: events.session_id },
    measures: {
      user_id: max(events.user_id),
      begun: min(events.event_time),
      ended: max(events.event_time),
      events: count(),
      page_views: count(only('page')),
      searches: count(only('search')),
      views: count(only('view')),
      carts: count(only('cart')),
      removes_from_cart: count(only('remove_from_cart')),
      wishlists: count(only('wishlist')),
      checkouts: count(only('checkout')),
      purchases: count(only('purchase')),
      purchase_value: sum(events.value, only('purchase')),
      price_avg: avg(events.price),
      referrer: first(events.referrer),
      channel: otherwise(first(channel), 'direct'),
      utm_source: first(events.utm_source),
      utm_medium: first(events.utm_medium),
      utm_campaign: first(events.utm_campaign),
      device_type: first(events.device_type),
      step_types: steps(events.event_type),
      step_times: steps(events.event_time),
      step_products: steps(events.product_id),
      step_categories: steps(events.category),
      step_pages: steps(page),
      step_prices: steps(events.price),
    },
    derive: (measures) => ({
      entry_page: firstStep(measures.step_pages),
      exit_page: lastStep(measures.step_pages),
      duration_s: secondsBetween(measures.begun, measures.ended),
      products: different(measures.step_products),
      converted: atLeast(measures.purchases, 1),
      bounced: below(measures.events, 2),
      session_quality: times(
        plus(
          plus(times(measures.events, 0.3), times(measures.purchases, 0.5)),
          times(otherwise(measures.price_avg, 0), 0.2),
        ),
        100,
      ),
      steps_truncated: truncatedSteps(measures.events),
    }),
  })
