/** A shop some of whose days are long past: what it answers, and what lies where. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../../src/engine/contract.ts'
import type { LogRecord, Shop } from '../engine/shop.ts'
import { recordOf } from '../oracle/event.ts'
import { scenario } from '../oracle/scenario.ts'

export const SETTINGS = { segment_bytes_max: 100_000, log_days: 0 }
/** All that is told here was received, and happened, before. */
export const ALL = {
  log_before_ms: Date.parse('2026-06-01'),
  events_before_ms: Date.parse('2026-06-01'),
}
const RECEIVED_AT = '2026-01-31T23:00:00Z'

/** Events of three days, with all that records may hold, and some that are refused. */
export function oldRecords(seed: number, events: number): readonly LogRecord[] {
  const told = scenario({ seed, events }).map((event, at): LogRecord => {
    const properties = {
      nested: { at, text: 'x "é" 💄 \\ /' },
      list: [1, 2.5, null],
      seed: `${at}`,
    }
    return { ...recordOf(event, RECEIVED_AT), properties, page_url: `https://shop.example/${at}` }
  })
  const refused = { source: 'web', received_at: RECEIVED_AT, reason: 'in_future', detail: 'why' }
  const others = [
    { record: 'invalid', ...refused, raw: '{"price": 1e400}' },
    { record: 'filtered', ...refused, reason: 'bot', raw: 'what was sent' },
    {
      ...{ record: 'products', source: 'web', received_at: RECEIVED_AT },
      ...{ key: 'p1', updated_at: RECEIVED_AT, row: { product_name: 'Boot', stock: 3 } },
    },
  ]
  return [...told, ...others]
}

/** In requests of a hundred, so that there are several groups a segment and several segments. */
export async function tellInParts(shop: Shop, records: readonly LogRecord[], lane = 'live') {
  for (let at = 0; at < records.length; at += 100)
    await shop.append(records.slice(at, at + 100), lane)
  await shop.processor.engine.catchUp()
}

const STREAMS = [
  'events',
  'items',
  'enriched_events',
  'invalid_events',
  'filtered_events',
  'products',
]

/** Everything that can be asked, but for what depends on batches, as what came late does. */
export async function everything(shop: Shop): Promise<Readonly<Record<string, unknown>>> {
  const streams: Record<string, unknown> = {}
  for (const name of STREAMS) {
    const rows = await shop.rows(`SELECT * FROM ${name}`)
    streams[name] = rows.map((row) => JSON.stringify(row)).sort()
  }
  const { late: _, ...ledger } = await shop.ledger()
  return { ...(await shop.answers()), ...streams, ledger }
}

export async function count(shop: Shop, relation: string): Promise<number> {
  const [row]: readonly Row[] = await shop.rows(`SELECT count(*) AS n FROM ${relation}`)
  return Number(row?.n)
}

const SEGMENT = /^\d{20}.*\.(ndjson|parquet)$/

export function segmentsOf(shop: Shop, lane = 'live'): readonly string[] {
  return readdirSync(join(shop.directory, 'log', lane)).filter((name) => SEGMENT.test(name))
}

export function archivedFiles(shop: Shop, part: 'log' | 'events'): readonly string[] {
  const folder = join(shop.directory, 'archive', part)
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}
