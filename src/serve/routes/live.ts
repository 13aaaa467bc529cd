/** The live stream: changed rows as server-sent events. */
import { SECURITY_HEADERS } from '../headers.ts'
import { type Route, text } from '../route.ts'

const TABLES_MAX = 20
const STREAM_HEADERS = {
  ...SECURITY_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that gathers answers before it passes them on would hold the stream back.
  'x-accel-buffering': 'no',
}
const RETRY_MS = 2_000

export const liveStream: Route = {
  method: 'GET',
  path: '/api/live',
  summary: 'Server-sent events of changed rows: snapshot, upsert, delete. Last-Event-ID resumes.',
  access: 'read',
  query: {
    tables: text('names of /api/tables, by comma'),
    limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 200 },
  },
  answer: 'text/event-stream',
  handle: async ({ catalogue, live }, { query, request, reply }) => {
    const asked = String(query.tables ?? '').split(',')
    const tables = [...new Set(asked)].slice(0, TABLES_MAX)
    for (const name of tables) catalogue.planned(name)
    live.checkRoom()
    const last_id = String(request.headers['last-event-id'] ?? '')
    reply.hijack()
    reply.raw.writeHead(200, STREAM_HEADERS)
    reply.raw.write(`retry: ${RETRY_MS}\n\n`)
    live.subscribe({ tables, last_id, limit: Number(query.limit), stream: reply.raw })
    return 'streaming'
  },
}
