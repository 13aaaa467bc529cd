/** For machines that watch: alive, ready, numbers; and for people that operate: status. */
import { PROMETHEUS_TYPE } from '../../std/metrics.ts'
import { metricsText } from '../metrics.ts'
import { count, list, nullable, object, type Route, text } from '../route.ts'
import { readStatus } from '../status.ts'
import { BALANCED, COUNTS } from './ledger.ts'

export const healthz: Route = {
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the process answers at all.',
  access: 'open',
  answer: object({ status: text('ok') }),
  handle: async () => ({ status: 'ok' }),
}

export const readyz: Route = {
  method: 'GET',
  path: '/readyz',
  summary: 'Whether queries are answered: 200, or 503 while the store is opened or rebuilt.',
  access: 'open',
  answer: object({ status: text('the state of the engine') }),
  handle: async ({ engine }, { reply }) => {
    const { state } = engine.progress()
    reply.code(state === 'running' ? 200 : 503)
    return { status: state }
  },
}

export const metrics: Route = {
  method: 'GET',
  path: '/metrics',
  summary: 'Numbers for Prometheus, of all processes.',
  access: 'read',
  answer: 'text/plain; version=0.0.4',
  handle: async (context) => ({ type: PROMETHEUS_TYPE, text: await metricsText(context) }),
}

const ENGINE = object({
  state: text('opening, rebuilding, running or failed'),
  batch: count('the last committed batch'),
  watermark: nullable('string', 'events after it may still be on time'),
  pending: count('records durable and not yet in the tables'),
  batch_ms: { type: 'number', description: 'how long the last batch took' },
  batch_p50_ms: nullable('number', 'half of all batches took no longer, roughly'),
  batch_p99_ms: nullable('number'),
  visible_after_ms: { type: 'number', description: 'age of the last batch when it was visible' },
  last_error: nullable('string', 'what stands in the way now'),
  last_failure: {
    ...object({ at: text('when'), message: text('what happened') }),
    type: ['object', 'null'],
    description: 'the last batch that failed',
  },
  failures: count('batches that failed since the start'),
})

const LANE = object({
  lane: text('one writer of the log'),
  first_position: count('the first record still kept in it'),
  durable_position: count('records that survive a power cut'),
  offset: count('of these, in the tables'),
  pending: count('the difference'),
  waiting_s: { type: 'number', description: 'how long the oldest pending record has waited' },
  lost: count('records lost to damage and given up'),
  bytes: count('on disk'),
  segments: count('files'),
})

const SIZES = object({
  log_bytes: count('of all lanes'),
  log_segments: count('of all lanes'),
  archive_files: count('of the archive'),
  archive_bytes: count('of these'),
  database_bytes: count('of the database file'),
  wal_bytes: count('what it has not yet folded in'),
  spill_bytes: count('what did not fit into memory'),
  set_aside_bytes: count('a database that a new one took the place of'),
  silver_files: count('of events that Spark keeps'),
  silver_bytes: count('of these'),
  disk_free_bytes: count('left for the data folder'),
})

export const status: Route = {
  method: 'GET',
  path: '/api/status',
  summary: 'Lag, watermark, lanes, ledger, sizes, refusals, restarts, versions.',
  access: 'read',
  answer: object({
    concerns: list(
      object({ level: text('note or problem'), said: text('what is so, and what to do') }),
      'what needs an eye',
    ),
    uses: object({
      engine: text('duckdb, or the Spark server that computes the batches'),
      log: text('files, or the address of the topic'),
    }),
    engine: ENGINE,
    lanes: list(LANE),
    ledger: {
      ...object({
        totals: object({ ...COUNTS, pending: count('in the log and not yet in the tables') }),
        balanced: BALANCED,
        log_records: count('records in the log, by its own positions'),
        sources: list(
          object({
            source: text('whose events'),
            ...COUNTS,
            recent: { ...object(COUNTS), description: 'of this hour and the one before' },
          }),
          'the largest',
        ),
      }),
      type: ['object', 'null'],
      description: 'null while the store is opened or built',
    },
    sizes: SIZES,
    disk_reserve_bytes: count('under it, events are answered 503'),
    restarts: {
      type: 'object',
      additionalProperties: object({
        count: count('since the start of the supervisor'),
        last_at: nullable('string'),
        last_reason: nullable('string'),
      }),
      description: 'by role',
    },
    refused_requests: {
      type: ['object', 'null'],
      additionalProperties: count('requests'),
      description: 'by code; null when the collector cannot be asked',
    },
    readers: object({
      busy: count('queries being answered'),
      waiting: count('queries that wait'),
      most: count('how many may be answered at once'),
    }),
    live_subscribers: count('readers of the live stream'),
    process: object({
      resident_bytes: count('memory of this process'),
      open_files: nullable('integer', 'files and connections'),
    }),
    versions: object({
      clickpath: text('this program'),
      duckdb: nullable('string'),
      spark: nullable('string', 'null where it computes nothing, or has not answered yet'),
      node: text('the runtime'),
    }),
    started_at: text('when this process began to serve'),
    uptime_s: count('seconds since then'),
  }),
  handle: readStatus,
}
