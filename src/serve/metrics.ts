/** Everybody's numbers for Prometheus in one answer: engine, log, API, collector, supervisor. */
import { counter, type Family, gauge, prometheusText } from '../std/metrics.ts'
import { processFamilies } from '../std/process_metrics.ts'
import { collectorFamilies } from './collector_numbers.ts'
import type { LaneLag } from './lag.ts'
import { type LedgerSum, OUTCOMES } from './ledger.ts'
import type { ServeContext } from './route.ts'
import { readStatus, type Status } from './status.ts'

const STATES = ['opening', 'rebuilding', 'running', 'failed'] as const
/** Every import has a lane of its own: those with most to do are told apart, all are summed. */
const LANES_MAX = 50

const seconds = (time: string | null | undefined) => (time ? Date.parse(time) / 1_000 : null)
const name = (rest: string) => `clickpath_${rest}`

/** One gauge a label's word. */
function gauges(
  rest: string,
  help: string,
  label: string,
  values: readonly (readonly [string, number])[],
): Family {
  const samples = values.map(([word, value]) => ({ value, labels: { [label]: word } }))
  return { name: name(rest), type: 'gauge', help, samples }
}

function engineFamilies({ engine, uses }: Status, context: ServeContext): readonly Family[] {
  const states = STATES.map((state) => [state, engine.state === state ? 1 : 0] as const)
  const { batch_durations } = context.engine
  return [
    gauge(name('uses_info'), 'What computes the tables, and the log; always 1.', 1, { ...uses }),
    gauges('engine_state', 'The state of the engine: 1 for the one it is in.', 'state', states),
    gauge(name('pending_records'), 'Durable and not yet in the tables.', engine.pending),
    gauge(name('batch'), 'The number of the last committed batch.', engine.batch),
    batch_durations.family(name('batch_duration_seconds'), 'How long batches took.'),
    gauge(
      name('last_batch_duration_seconds'),
      'How long the last batch took.',
      engine.batch_ms / 1_000,
    ),
    gauge(
      name('visible_after_seconds'),
      'How old the oldest record of the last batch was when it became visible.',
      engine.visible_after_ms / 1_000,
    ),
    gauge(
      name('watermark_timestamp_seconds'),
      'Events after this time may still be on time. Seconds since 1970.',
      seconds(engine.watermark),
    ),
    total('batch_failures_total', 'Batches that were rolled back.', engine.failures),
    gauge(
      name('last_failure_timestamp_seconds'),
      'When a batch failed last. Seconds since 1970.',
      seconds(engine.last_failure?.at),
    ),
  ]
}

function total(rest: string, help: string, value: number): Family {
  return { name: name(rest), type: 'counter', help, samples: [{ value }] }
}

function laneFamilies(all: readonly LaneLag[]): readonly Family[] {
  const lanes = all.toSorted((one, other) => other.pending - one.pending).slice(0, LANES_MAX)
  const of = (rest: string, help: string, value: (lane: LaneLag) => number) =>
    gauges(
      rest,
      help,
      'lane',
      lanes.map((lane) => [lane.lane, value(lane)]),
    )
  return [
    of('lane_pending_records', 'Durable and not yet in the tables.', ({ pending }) => pending),
    of(
      'lane_waiting_seconds',
      'How long the oldest pending record has waited.',
      ({ waiting_s }) => waiting_s,
    ),
    of('lane_records', 'Records that the lane has taken.', (lane) => lane.durable_position),
    of('lane_lost_records', 'Lost to damage and given up.', ({ lost }) => lost),
  ]
}

function ledgerFamilies(ledger: LedgerSum | null): readonly Family[] {
  const samples = (ledger?.sources ?? []).flatMap((counts) =>
    OUTCOMES.map((outcome) => ({
      value: counts[outcome],
      labels: { source: counts.source, outcome },
    })),
  )
  const help = 'Records by source and what became of them; counts anew after a rebuild.'
  const late = Object.fromEntries((ledger?.sources ?? []).map(({ source, late }) => [source, late]))
  return [
    { name: name('ledger_records_total'), type: 'counter', help, samples },
    counter(name('ledger_late_records_total'), 'Late; they count all the same.', 'source', late),
    gauge(
      name('ledger_balanced'),
      '1 while every record that the log holds has one outcome or is pending.',
      ledger ? Number(ledger.balanced) : null,
    ),
  ]
}

function sizeFamilies({ sizes, disk_reserve_bytes }: Status): readonly Family[] {
  const { database_bytes, wal_bytes, spill_bytes, set_aside_bytes } = sizes
  return [
    gauge(name('log_bytes'), 'Segments of the log.', sizes.log_bytes),
    gauge(name('log_segments'), 'How many these are.', sizes.log_segments),
    gauge(name('archive_files'), 'Files of the archive.', sizes.archive_files),
    gauge(name('archive_bytes'), 'How much these are.', sizes.archive_bytes),
    gauges('store_bytes', 'The database, part by part.', 'part', [
      ['database', database_bytes],
      ['wal', wal_bytes],
      ['spill', spill_bytes],
      ['set_aside', set_aside_bytes],
      ['silver', sizes.silver_bytes],
    ]),
    gauge(name('disk_free_bytes'), 'Free for the data folder.', sizes.disk_free_bytes),
    gauge(name('disk_reserve_bytes'), 'Under it events are answered 503.', disk_reserve_bytes),
  ]
}

function servingFamilies(status: Status, context: ServeContext): readonly Family[] {
  const { readers, live_subscribers, versions } = status
  const { settings, refusals } = context
  return [
    gauge(name('readers_busy'), 'Queries that are being answered.', readers.busy),
    gauge(name('readers_max'), 'How many may be at once.', readers.most),
    gauge(name('readers_waiting'), 'Queries that wait for their turn.', readers.waiting),
    gauge(name('live_subscribers'), 'Readers of the live stream.', live_subscribers),
    gauge(name('live_subscribers_max'), 'How many may be.', settings.live_subscribers_max),
    counter(
      name('api_refused_requests_total'),
      'Requests to the API that were answered with an error, by its code.',
      'code',
      Object.fromEntries(refusals),
    ),
    gauge(name('build_info'), 'Versions; always 1.', 1, {
      version: versions.clickpath,
      duckdb: versions.duckdb ?? '',
      spark: versions.spark ?? '',
      node: versions.node,
    }),
  ]
}

function childFamilies({ restarts }: Status): readonly Family[] {
  const entries = Object.entries(restarts)
  return [
    counter(
      name('child_restarts_total'),
      'How often the supervisor had to start a process again.',
      'role',
      Object.fromEntries(entries.map(([role, { count }]) => [role, count])),
    ),
    gauges(
      'child_last_restart_timestamp_seconds',
      'When it had to last. Seconds since 1970.',
      'role',
      entries.flatMap(([role, { last_at }]) => {
        return last_at === null ? [] : [[role, Date.parse(last_at) / 1_000] as const]
      }),
    ),
  ]
}

export async function metricsText(context: ServeContext): Promise<string> {
  const status = await readStatus(context)
  const collector = await collectorFamilies(context.directory)
  return prometheusText([
    ...engineFamilies(status, context),
    ...laneFamilies(status.lanes),
    ...ledgerFamilies(status.ledger),
    ...sizeFamilies(status),
    ...servingFamilies(status, context),
    ...childFamilies(status),
    gauge(name('collector_up'), '1 while the collector answers.', collector ? 1 : 0),
    ...processFamilies('process', context.started_ms),
    ...(collector ?? []),
  ])
}
