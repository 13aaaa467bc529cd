/** Sessions as they were at a moment: by the client's id, else ended by a gap of silence. */
import { compareText, type OracleEvent, type Read } from './event.ts'
import { asNumber, type Units } from './money.ts'
import type { Micros } from './time.ts'

export interface Visit {
  readonly visitor_id: string | null
  readonly session_id: string | null
  readonly begun: Micros
  readonly ended: Micros
  /** Those until the moment. */
  readonly events: readonly Read[]
  readonly channel: string
  /** Null where the session went on after the moment. */
  readonly quality: number | null
}

/** The few ways that the events of tests come by. */
const MEDIA: Readonly<Record<string, string>> = { cpc: 'paid', email: 'email' }

function channelOf({ utm_medium, referrer }: OracleEvent): string | null {
  if (utm_medium) return MEDIA[utm_medium] ?? null
  return referrer?.startsWith('https://www.google.com/') ? 'organic search' : null
}

function qualityOf(events: readonly Read[]): number {
  const prices = events.map(({ price }) => price).filter((price): price is Units => price !== null)
  const purchases = events.filter(({ event_type }) => event_type === 'purchase').length
  const price_sum = asNumber(prices.reduce((sum, price) => sum + price, 0n))
  const price_avg = prices.length === 0 ? 0 : price_sum / prices.length
  return (events.length * 0.3 + purchases * 0.5 + price_avg * 0.2) * 100
}

/** The events of a visitor who tells no session, cut wherever there is a longer silence. */
function cutByGap(events: readonly Read[], gap_us: Micros): readonly Read[][] {
  const visits: Read[][] = []
  for (const event of events) {
    const previous = visits.at(-1)?.at(-1)
    if (previous && event.time - previous.time <= gap_us) visits.at(-1)?.push(event)
    else visits.push([event])
  }
  return visits
}

/** Sessions that had begun, in the order (begun, visitor, session); `all` are in event order. */
export function sessionsOf(
  all: readonly Read[],
  { as_of, gap_us }: { readonly as_of: Micros; readonly gap_us: Micros },
): readonly Visit[] {
  const keyed = Map.groupBy(all, ({ visitor_id, event }) =>
    JSON.stringify([visitor_id, event.session_id ?? null]),
  )
  const whole = [...keyed.values()].flatMap((events) =>
    events[0]?.event.session_id ? [events] : cutByGap(events, gap_us),
  )
  return whole
    .flatMap((events): Visit[] => {
      const past = events.filter(({ time }) => time <= as_of)
      const [first, last] = [past[0], past.at(-1)]
      if (!first || !last) return []
      const channel = past.map(({ event }) => channelOf(event)).find((each) => each !== null)
      return [
        {
          visitor_id: first.visitor_id,
          session_id: first.event.session_id ?? null,
          begun: first.time,
          ended: last.time,
          events: past,
          channel: channel ?? 'direct',
          quality: past.length === events.length ? qualityOf(events) : null,
        },
      ]
    })
    .sort(
      (left, right) =>
        left.begun - right.begun ||
        compareText(left.visitor_id ?? '', right.visitor_id ?? '') ||
        compareText(left.session_id ?? '', right.session_id ?? ''),
    )
}
