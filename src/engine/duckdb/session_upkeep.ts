/**
 * When sessions take in what is stored. They are joined as they are stored, and a session that many
 * events touch is written once for all of them; so under load they wait for some batches, and hold
 * what is in silver up to the position's `settled`. At rest they are level with all else.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
import { type BatchContext, insertPosition, type Position } from './position.ts'
import { storedAfter } from './silver.ts'
import { isSession, sessionTrials, stateInserts } from './state_inserts.ts'
import { horizonOf } from './watermark.ts'

/** So large a share of a full batch is an import or a backlog. */
const MANY_SHARE = 1 / 25

/**
 * Joins what waits into the sessions of `groups`, within the caller's transaction and as of its
 * batch.
 */
async function settle(
  connection: Connection,
  { settings }: BatchContext,
  position: Position,
  groups: readonly Group[],
): Promise<Position> {
  const { batch, sources, settled } = position
  const [waiting] = await connection.rows(
    `SELECT count(*) AS n FROM silver_events WHERE batch > ${settled.batch}`,
  )
  const count = Number(waiting?.n)
  const size = count > MANY_SHARE * settings.batch_records_max ? 'many' : 'few'
  const { time_zone } = settings
  const arrived = { events: storedAfter(settled.batch), size, batch, time_zone } as const
  if (count > 0) await connection.script(stateInserts(groups.filter(isSession), arrived))
  const horizon_us = horizonOf(sources, settings.idle_source_ms)
  return { ...position, settled: { batch, horizon_us } }
}

/** The end of a batch: sessions take in all that is stored, or what `batch` brought waits too. */
export async function settleOrWait(
  connection: Connection,
  context: BatchContext,
  position: Position,
): Promise<Position> {
  const { groups } = context.plan
  if (await context.settles(position.offsets)) {
    return settle(connection, context, position, groups)
  }
  await connection.script(sessionTrials(groups, 'batch'))
  return position
}

/** Levels the sessions of `groups` in a transaction of their own. */
export async function settleAlone(
  connection: Connection,
  context: BatchContext,
  before: Position,
  groups: readonly Group[],
): Promise<Position> {
  if (before.settled.batch === before.batch) return before
  const next = { ...before, batch: before.batch + 1 }
  return transaction(connection, 'COMMIT', async () => {
    const settled = await settle(connection, context, next, groups)
    await connection.run(insertPosition(settled, 0, context))
    return settled
  })
}
