/**
 * When sessions take in what is stored. They are joined as they are stored, and a session that many
 * events touch is written once for all of them; so under load they wait for some batches, and hold
 * what is in silver up to the position's `settled`. At rest they are level with all else.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
import { type BatchContext, insertPosition, type Position } from './position.ts'
import { storedAfter } from './silver.ts'
import {
  type Arrived,
  isSession,
  sessionTrials,
  settlingOf,
  stateInserts,
} from './state_inserts.ts'
import { horizonOf } from './watermark.ts'

/** So large a share of a full batch is an import or a backlog. */
const MANY_SHARE = 1 / 25

/** What waits, as it is to be joined as of `position`; null when nothing does. */
async function waiting(
  connection: Connection,
  { settings }: BatchContext,
  { batch, settled }: Position,
): Promise<Arrived | null> {
  const [row] = await connection.rows(
    `SELECT count(*) AS n FROM silver_events WHERE batch > ${settled.batch}`,
  )
  const count = Number(row?.n)
  if (count === 0) return null
  const size = count > MANY_SHARE * settings.batch_records_max ? 'many' : 'few'
  return { events: storedAfter(settled.batch), size, batch, time_zone: settings.time_zone }
}

function level(position: Position, { settings }: BatchContext): Position {
  const { batch, sources } = position
  return {
    ...position,
    settled: { batch, horizon_us: horizonOf(sources, settings.idle_source_ms) },
  }
}

/** The end of a batch: sessions take in all that is stored, or what `batch` brought waits too. */
export async function settleOrWait(
  connection: Connection,
  context: BatchContext,
  position: Position,
  records: number,
): Promise<Position> {
  const { groups } = context.plan
  if (!(await context.settles(position, records))) {
    await connection.script(sessionTrials(groups, 'batch'))
    return position
  }
  const arrived = await waiting(connection, context, position)
  if (arrived) await connection.script(stateInserts(groups.filter(isSession), arrived))
  return level(position, context)
}

/**
 * Levels the sessions of `groups` in a transaction of their own.
 * Tricky: what they are made of is found before it, since several threads read only what is
 * committed. Nobody else writes meanwhile, so the rows that were found are still there.
 */
export async function settleAlone(
  connection: Connection,
  context: BatchContext,
  before: Position,
  groups: readonly Group[],
): Promise<Position> {
  if (before.settled.batch === before.batch) return before
  const next = { ...before, batch: before.batch + 1 }
  const arrived = await waiting(connection, context, next)
  const settlings = arrived ? groups.filter(isSession).map((one) => settlingOf(one, arrived)) : []
  await connection.script(settlings.flatMap(({ find }) => find))
  return transaction(connection, 'COMMIT', async () => {
    await connection.script(settlings.flatMap(({ store }) => store))
    const settled = level(next, context)
    await connection.run(insertPosition(settled, 0, context))
    return settled
  })
}
