/** A table of visits, what a pass over all events makes of it, and events for it. */
import { events } from '../../src/model/events.ts'
import { count } from '../../src/model/measures/count.ts'
import { distinct } from '../../src/model/measures/distinct.ts'
import { last } from '../../src/model/measures/last.ts'
import { steps } from '../../src/model/measures/steps.ts'
import { sum } from '../../src/model/measures/sum.ts'
import { table } from '../../src/model/table.ts'
import { session } from '../../src/model/window.ts'
import { seededRandom } from '../oracle/random.ts'
import { eventRecord } from './shop.ts'

const GAP_MINUTES = 30

export const visits = table('visits', {
  answers: 'How long does each visit last, and what is seen in it?',
  from: events,
  window: session('30 minutes', { id: 'session_id' }),
  lateness: '10 minutes',
  by: { visitor_id: events.visitor_id, session_id: events.session_id },
  measures: {
    path: steps(events.product_id),
    events: count(),
    products: distinct(events.product_id),
    total: sum(events.price),
    last_product: last(events.product_id),
  },
})

export interface Seen {
  readonly id: number
  readonly visitor: string
  readonly minute: number
  readonly product: string
  /** The client's own session, which no silence ends. */
  readonly session: string | null
}

export const timeOf = (minute: number) =>
  new Date(1_769_817_600_000 + minute * 60_000).toISOString()

/** The sessions of all events at once: one pass in order of time. */
export function sessionise(seen: readonly Seen[]): readonly string[] {
  const open = new Map<string, Seen[][]>()
  const order = [...seen].sort((a, b) => a.minute - b.minute || a.id - b.id)
  for (const event of order) {
    const key = `${event.visitor} ${event.session}`
    const sessions = open.get(key) ?? []
    open.set(key, sessions)
    const current = sessions.at(-1)
    const silence = event.minute - (current?.at(-1)?.minute ?? Number.NEGATIVE_INFINITY)
    if (current && (event.session !== null || silence <= GAP_MINUTES)) current.push(event)
    else sessions.push([event])
  }
  const rows = [...open.values()].flatMap((sessions) =>
    sessions.map((events) => ({
      window_start: timeOf(events[0]?.minute ?? 0),
      window_end: timeOf((events.at(-1)?.minute ?? 0) + GAP_MINUTES),
      visitor_id: events[0]?.visitor,
      session_id: events[0]?.session,
      path: events.map(({ product }) => product),
      events: events.length,
      products: new Set(events.map(({ product }) => product)).size,
      total: events.length * 10,
      last_product: events.at(-1)?.product,
    })),
  )
  return rows.map((row) => JSON.stringify(row)).sort()
}

/** Visits whose events lie minutes apart, in order of time: nothing in it is ever late. */
export function* shoppingHours(seed: number, count: number): Generator<Seen> {
  const random = seededRandom(seed)
  const clients = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  for (let id = 0; id < count; id += 1) {
    const visitor = random.pick(clients)
    const session = visitor < 'd' ? `${visitor}${Math.floor(id / 700)}` : null
    // Every now and then the shop is closed for long enough to end visits.
    const minute = Math.floor(id / 4) + Math.floor(id / 600) * 60
    yield { id: id + 10_000, visitor, minute, product: `p${id % 5}`, session }
  }
}

export const recordOf = ({ id, visitor, minute, product, session }: Seen) =>
  eventRecord(`e${id}`, timeOf(minute), {
    user_id: visitor,
    product_id: product,
    session_id: session,
  })
