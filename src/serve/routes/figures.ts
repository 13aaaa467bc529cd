/** The live figures of the first page. */
import { list, nullable, object, ROW, type Route } from '../route.ts'

const NUMBER = { type: 'number' }

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
    revenue: list(ROW, 'per currency: today, last_hour, orders_today, orders_1h'),
    minutes: list(ROW, 'the last hour by minute: events, purchases'),
  }),
  handle: ({ figures }) => figures.read(),
}
