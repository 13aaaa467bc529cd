/** What makes the engine work: waiting until all is visible, and computing tables anew. */
import { ClickpathError } from '../../std/errors.ts'
import { readLanes, waitUntilVisible } from '../lag.ts'
import { count, object, type Route, type ServeContext, text } from '../route.ts'

const WAIT_MS_MAX = 600_000

export const flush: Route = {
  method: 'POST',
  path: '/api/flush',
  summary: 'Waits until everything that is durable now is in the tables.',
  access: 'admin',
  query: { wait_ms: { type: 'integer', minimum: 0, maximum: WAIT_MS_MAX, default: 30_000 } },
  answer: object({
    visible: { type: 'string', enum: ['visible', 'late'] },
    pending: count('records that came since, or are still waited for'),
    batch: count('the last committed batch'),
  }),
  handle: async (context, { query }) => {
    const visible = await waitUntilVisible(context, Number(query.wait_ms))
    const lanes = await readLanes(context)
    const pending = lanes.reduce((sum, lane) => sum + lane.pending, 0)
    return { visible, pending, batch: context.engine.progress().batch }
  },
}

const rebuilt = object({ rebuilt: text('the table, or `everything`') })

async function rebuildOnce({ engine }: ServeContext, table?: string): Promise<object> {
  if (engine.progress().state !== 'running') {
    throw new ClickpathError('BUSY', 'A rebuild is under way. Ask again when it is done.')
  }
  await engine.rebuild(table)
  return { rebuilt: table ?? 'everything' }
}

export const rebuildAll: Route = {
  method: 'POST',
  path: '/api/rebuild',
  summary: 'Builds the whole database anew from the log; answers when it is done.',
  access: 'admin',
  answer: rebuilt,
  handle: (context) => rebuildOnce(context),
}

export const rebuildTable: Route = {
  method: 'POST',
  path: '/api/rebuild/:table',
  summary: "Computes one table's states anew from the stored events; answers when it is done.",
  access: 'admin',
  params: { table: text('a name of /api/tables') },
  answer: rebuilt,
  handle: (context, { params }) => {
    return rebuildOnce(context, context.catalogue.planned(params.table ?? '').table.name)
  },
}
