/**
 * What is known of one customer as of a moment, in one row: what models learn from and what the
 * list of customers shows. Computed when it is asked for; nothing that happened later is in it.
 */
import { decimal, double, integer, text, timestamp } from './stream.ts'

export const customerFeatures = Object.freeze({
  about: 'one row per customer as of now: recency, frequency, money, visits and habits',
  columns: {
    person_id: text('the customer: the person that their visitor is linked to, else the visitor'),
    user_id: text('the last user id that one of their events named'),
    first_seen: timestamp('their first event, UTC'),
    last_seen: timestamp('their last event, UTC'),
    days_since_first_seen: integer("days from their first event, by the shop's calendar"),
    days_since_last_seen: integer('days from their last event'),
    first_order: timestamp('when they ordered first, UTC'),
    last_order: timestamp('when they ordered last, UTC'),
    days_since_last_order: integer('days from their last order; null without one'),
    orders: integer('how many orders they placed; credit notes (below zero) are none'),
    repeat_purchase_days: integer('days with an order, less the first (frequency of BTYD models)'),
    recency_days: integer('days from the first order to the last; null without one'),
    recency_weeks: double('the same in weeks, two decimals (recency of BTYD models)'),
    t_days: integer('days from the first order to the moment; null without one'),
    t_weeks: double('the same in weeks, two decimals (T of BTYD models)'),
    currency: text("of `revenue`: the shop's, else the only one they paid in"),
    revenue: decimal(
      'what their orders brought, refunds and credit notes netted; null where currencies differ',
    ),
    revenue_per_order: double('revenue by orders of known value'),
    orders_without_value: integer('orders that are not in `revenue`: no price, or no rate'),
    sessions: integer('how many sessions they began'),
    events: integer('how many events they caused'),
    converted_sessions: integer('their sessions with a purchase'),
    conversion: double('converted sessions by sessions'),
    session_duration_avg_s: double('seconds from the first event of a session to its last'),
    events_per_session: double('events by sessions'),
    session_quality_avg: double('the mean quality of their sessions that had ended'),
    carts_abandoned: integer('sessions that are over, with a cart and without a purchase'),
    preferred_category_viewed: text('the category of most product views'),
    preferred_category_bought: text('the category of most units ordered'),
    preferred_device: text('the device of most events'),
    first_channel: text('what brought them to their first session'),
    most_active_hour: integer("the hour of most events, 0 to 23, by the shop's time zone"),
    most_active_weekday: integer('the weekday of most events, 1 is Monday'),
    night_share: double('share of their events from 0 to 6'),
    morning_share: double('share of their events from 6 to 12'),
    afternoon_share: double('share of their events from 12 to 18'),
    evening_share: double('share of their events from 18 to 24'),
  },
})
