/** The live figures of the first page. */
import { count, list, nullable, object, type Route, text } from '../route.ts'

const NUMBER = { type: 'number' }
/** One that JavaScript cannot count exactly comes as text. */
const AMOUNT = { type: ['number', 'string'], description: 'net of refunds, at their own time' }

export const readFigures: Route = {
  method: 'GET',
  path: '/api/figures',
  summary: 'What the shop does now: visitors, purchases, revenue, conversion.',
  access: 'read',
  answer: object({
    as_of: nullable('string', 'the latest event; all else is told as of then'),
    records_per_second: NUMBER,
    visitors_5m: NUMBER,
    visitors_1h: NUMBER,
    buyers_1h: NUMBER,
    conversion_1h: nullable('number', 'buyers per visitor of the last hour'),
    before: object({
      events: count('events of the hour before the last one'),
      visitors: count('its visitors'),
      buyers: count('those of them who bought'),
    }),
    revenue: list(
      object({
        currency: nullable('string', 'amounts of several are never added up'),
        today: AMOUNT,
        last_hour: AMOUNT,
        hour_before: AMOUNT,
        orders_today: count('orders since midnight, by the time zone of the shop'),
        orders_1h: count('orders of the last hour'),
        orders_hour_before: count('orders of the hour before it'),
      }),
      'the currency that earned most today first',
    ),
    minutes: list(
      object({
        minute: text('when it begins'),
        events: count('events'),
        visitors: count('visitors with one'),
        purchases: count('purchase events'),
        buyers: count('visitors with one'),
      }),
      'the last hour by minute',
    ),
    order_minutes: list(
      object({
        minute: text('when it begins'),
        currency: nullable('string'),
        orders: count('orders placed'),
        revenue: AMOUNT,
      }),
      'the last hour by minute and currency',
    ),
  }),
  handle: ({ figures }) => figures.read(),
}
