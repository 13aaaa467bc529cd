/** The serving process and its engine in numbers, for Prometheus. */
import { OUTCOMES } from './ledger.ts'
import { type Family, prometheusOf } from './prometheus.ts'
import type { ServeContext } from './route.ts'
import { readStatus, rowsIfOpen, type Status } from './status.ts'

const STATES = ['opening', 'rebuilding', 'running', 'failed'] as const

const gauge = (name: string, help: string, value: number | null): Family => ({
  name: `clickpath_${name}`,
  type: 'gauge',
  help,
  samples: value === null ? [] : [{ value }],
})

function engineFamilies({ engine }: Status): readonly Family[] {
  const watermark = engine.watermark === null ? null : Date.parse(engine.watermark) / 1_000
  return [
    {
      name: 'clickpath_engine_state',
      type: 'gauge',
      help: 'The state of the engine: 1 for the one it is in.',
      samples: STATES.map((state) => ({
        value: engine.state === state ? 1 : 0,
        labels: { state },
      })),
    },
    gauge('pending_records', 'Durable in the log and not yet in the tables.', engine.pending),
    gauge('batch', 'The number of the last committed batch.', engine.batch),
    gauge('batch_ms', 'How long the last batch took.', engine.batch_ms),
    gauge(
      'visible_after_ms',
      'How old the oldest record of the last batch was when it became visible.',
      engine.visible_after_ms,
    ),
    gauge(
      'watermark_timestamp_seconds',
      'Events after this time may still be on time. Seconds since 1970.',
      watermark,
    ),
  ]
}

function sizeFamilies({ sizes, uptime_s }: Status, subscribers: number): readonly Family[] {
  const { heapUsed } = process.memoryUsage()
  return [
    gauge('log_segment_bytes', 'Bytes of all segments of the log.', sizes.log_bytes),
    gauge('log_segments', 'Segments of the log.', sizes.log_segments),
    gauge('store_bytes', 'Bytes of the database file.', sizes.store_bytes),
    gauge('live_subscribers', 'Readers of the live stream.', subscribers),
    gauge('process_resident_bytes', 'Memory of this process.', sizes.resident_bytes),
    gauge('process_heap_bytes', 'Memory of its JavaScript.', heapUsed),
    gauge('process_uptime_seconds', 'Since this process serves.', uptime_s),
  ]
}

async function ledgerFamily(context: ServeContext): Promise<readonly Family[]> {
  const sums = OUTCOMES.map((outcome) => `sum(${outcome}) AS ${outcome}`).join(', ')
  const sql = `SELECT source, ${sums} FROM ledger GROUP BY source ORDER BY source`
  const rows = await rowsIfOpen(context, sql)
  const samples = rows.flatMap((row) =>
    OUTCOMES.map((outcome) => ({
      value: Number(row[outcome]),
      labels: { source: String(row.source), outcome },
    })),
  )
  const help = 'Records by source and what became of them.'
  return [{ name: 'clickpath_ledger_records_total', type: 'counter', help, samples }]
}

export async function metricsText(context: ServeContext): Promise<string> {
  const status = await readStatus(context)
  return prometheusOf([
    ...engineFamilies(status),
    ...(await ledgerFamily(context)),
    ...sizeFamilies(status, context.live.subscribers),
  ])
}
