/** A shop's tricky events for tests of customers: with devices, campaigns, links and profiles. */

import type { LogRecord } from '../engine/shop.ts'
import type { OracleEvent } from '../oracle/event.ts'
import { seededRandom } from '../oracle/random.ts'
import { scenario } from '../oracle/scenario.ts'

const DEVICES = ['mobile', 'mobile', 'desktop', 'tablet', null]
const MEDIA = [null, null, null, 'cpc', 'email']
const REFERRERS = [null, null, 'https://www.google.com/search']

/** The scenario's events, each with a device and now and then with what brought it. */
export function browsing(seed: number, events = 400): readonly OracleEvent[] {
  const random = seededRandom(seed + 1)
  return scenario({ seed, events }).map((event) => ({
    ...event,
    device_type: random.pick(DEVICES),
    utm_medium: random.pick(MEDIA),
    referrer: random.pick(REFERRERS),
    rating: event.event_type === 'review' ? random.pick(['1', '4.5', '5']) : null,
  }))
}

const told = (record: string, key: string, row: LogRecord): LogRecord => ({
  ...{ record, key, row, source: 'crm' },
  ...{ received_at: '2024-03-05T00:00:00.000Z', updated_at: '2024-02-28T00:00:00.000Z' },
})

/** Visitor to person; some persons are visitors themselves, some have no other events. */
export const LINKS: ReadonlyMap<string, string> = new Map([
  ['a1', 'u3'],
  ['a2', 'u3'],
  ['a4', 'ada'],
  ['u6', 'ada'],
])

export const linkRecords = (): readonly LogRecord[] =>
  [...LINKS].map(([visitor, person_id]) => told('identity', visitor, { person_id }))

export const customerRecord = (user_id: string, row: LogRecord): LogRecord =>
  told('customers', user_id, { user_id, ...row })
