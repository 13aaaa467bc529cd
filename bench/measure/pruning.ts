/**
 * What it is worth that events on Spark lie in folders by client day: a batch looks for copies of
 * its events in the days that these are of. Here the same is asked of one day, and of all.
 */
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connect } from '../../src/engine/spark/connect/connect.ts'
import { read, sqlOver } from '../../src/engine/spark/connect/relations.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'
import type { Figures } from '../run.ts'
import { Latencies } from './latencies.ts'

const TIMES = 7
/** As the engine asks for what it knows. */
const SCHEMA = 'source STRING, event_id STRING, fingerprint BIGINT'
const KNOWN = `SELECT count(*) AS ids, bit_xor(fingerprint) AS sum FROM (
  SELECT source, event_id, any_value(fingerprint) AS fingerprint FROM known GROUP BY ALL)`

/** `silver` is the folder of all events; the day is the last one. */
export async function measurePruning(address: string, silver: string): Promise<Figures> {
  const files = globSync('**/*.parquet', { cwd: silver })
  const folders = [...new Set(files.map((file) => join(silver, dirname(file))))]
  const last = folders.map(dayOf).sort().at(-1) ?? ''
  const ofDay = folders.filter((folder) => dayOf(folder) === last)
  const session = await connect(address)
  try {
    const one = await timed(session, ofDay)
    const all = await timed(session, folders)
    return {
      days: new Set(folders.map(dayOf)).size,
      one_day_ids: one.ids,
      one_day_p50_ms: one.p50_ms,
      all_days_ids: all.ids,
      all_days_p50_ms: all.p50_ms,
      all_days_to_one: all.p50_ms / one.p50_ms,
    }
  } finally {
    await session.release().catch(() => session.close())
  }
}

/** `.../year=2024/month=3/day=9` as one text that sorts by time. */
function dayOf(folder: string): string {
  return folder
    .split(/[/\\]/)
    .slice(-3)
    .map((part) => (part.split('=')[1] ?? '').padStart(4, '0'))
    .join('-')
}

async function timed(session: SparkSession, paths: readonly string[]) {
  const known = read({ format: 'parquet', schema: SCHEMA, paths })
  const latencies = new Latencies()
  let ids = 0
  for (let time = 0; time <= TIMES; time++) {
    const began_ms = performance.now()
    const [row] = await session.collect(sqlOver(KNOWN, { known }))
    ids = Number(row?.ids)
    if (time > 0) latencies.add(performance.now() - began_ms) // The first one warms up.
  }
  return { ids, p50_ms: latencies.summary().p50_ms }
}
