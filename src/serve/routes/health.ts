/** For machines that watch: alive, ready, numbers; and for people that operate: status. */
import { metricsText } from '../metrics.ts'
import { count, list, nullable, object, type Route, text } from '../route.ts'
import { readStatus } from '../status.ts'

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
  summary: 'Numbers for Prometheus.',
  access: 'read',
  answer: 'text/plain; version=0.0.4',
  handle: async (context) => ({
    type: 'text/plain; version=0.0.4; charset=utf-8',
    text: await metricsText(context),
  }),
}

export const status: Route = {
  method: 'GET',
  path: '/api/status',
  summary: 'Lag, watermark, lanes, sizes, versions.',
  access: 'read',
  answer: object({
    engine: object({
      state: text('opening, rebuilding, running or failed'),
      batch: count('the last committed batch'),
      watermark: nullable('string', 'events after it may still be on time'),
      pending: count('records durable and not yet in the tables'),
      batch_ms: { type: 'number' },
      visible_after_ms: { type: 'number' },
      last_error: nullable('string'),
    }),
    lanes: list(
      object({
        lane: text('one writer of the log'),
        durable_position: count('records that survive a power cut'),
        offset: count('of these, in the tables'),
        pending: count('the difference'),
        bytes: count('on disk'),
        segments: count('files'),
      }),
    ),
    sizes: object({
      log_bytes: count('of all lanes'),
      log_segments: count('of all lanes'),
      store_bytes: count('of the database'),
      resident_bytes: count('memory of this process'),
    }),
    versions: object({
      clickpath: text('this program'),
      duckdb: nullable('string'),
      node: text('the runtime'),
    }),
    started_at: text('when this process began to serve'),
    uptime_s: count('seconds since then'),
  }),
  handle: readStatus,
}
