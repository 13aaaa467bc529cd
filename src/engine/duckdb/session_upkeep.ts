/**
 * When sessions take in what is stored. They are joined as they are stored, and a session that many
 * events touch is written once for all of them; so under load they wait for some batches, and hold
 * what is in silver up to the position's `settled`. Then they take it in in a round: a share of the
 * visitors at a time, each in a transaction of its own, so that no batch waits for all of them. At
 * rest they are level with all else.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
import { type BatchContext, insertPosition, type Position, type Round } from './position.ts'
import { SHARES_MAX, type Share, storedBetween } from './silver.ts'
import {
  type Arrived,
  CROWD_MIN,
  crowdedIn,
  isSession,
  sessionTrials,
  settlingOf,
  stateInserts,
} from './state_inserts.ts'
import { horizonOf } from './watermark.ts'

/** So large a share of a full batch is an import or a backlog. */
const MANY_SHARE = 1 / 25
const WHOLE: Share = { at: 0, of: 1 }
/** Of a new round: few enough that looking for what they touch takes little of it. */
const SHARES_BEGUN_MAX = 16

/** How many events wait. */
async function countWaiting(connection: Connection, { settled }: Position): Promise<number> {
  const [row] = await connection.rows(
    `SELECT count(*) AS n FROM silver_events WHERE batch > ${settled.batch}`,
  )
  return Number(row?.n)
}

interface Joining {
  /** They are joined as of this batch. */
  readonly batch: number
  readonly share: Share
  /** The last batch of them. */
  readonly until: number
  readonly events: number
  readonly crowded: readonly string[]
}

/** What waits, as it is to be joined. */
function arrivedOf({ settings }: BatchContext, { settled }: Position, joining: Joining): Arrived {
  const { batch, share, until, events, crowded } = joining
  const size = events > MANY_SHARE * settings.batch_records_max ? 'many' : 'few'
  const { time_zone } = settings
  const waiting = storedBetween(settled.batch, until, share)
  return { events: waiting, size, batch, time_zone, crowded: new Set(crowded) }
}

function level(position: Position, { settings }: BatchContext): Position {
  const { batch, sources } = position
  const settled = { batch, horizon_us: horizonOf(sources, settings.idle_source_ms) }
  return { ...position, settled, round: null }
}

/** The end of a batch: sessions take in all that is stored, or what `batch` brought waits too. */
export async function settleOrWait(
  connection: Connection,
  context: BatchContext,
  position: Position,
  records: number,
): Promise<Position> {
  const { groups } = context.plan
  if (position.round || !(await context.settles(position, records))) {
    await connection.script(sessionTrials(groups, 'batch'))
    return position
  }
  const events = await countWaiting(connection, position)
  if (events > 0) {
    const joining = {
      batch: position.batch,
      until: position.batch,
      share: WHOLE,
      events,
      crowded: [],
    }
    const arrived = arrivedOf(context, position, joining)
    await connection.script(stateInserts(groups.filter(isSession), arrived))
  }
  return level(position, context)
}

/** Of all that waits now, in shares of about so many events. */
async function beginRound(
  connection: Connection,
  context: BatchContext,
  before: Position,
  events_per_share: number,
): Promise<Round> {
  const events = await countWaiting(connection, before)
  const shares = Math.max(1, Math.min(Math.ceil(events / events_per_share), SHARES_BEGUN_MAX))
  const until = level(before, context).settled
  const waiting = storedBetween(before.settled.batch, until.batch, WHOLE)
  const groups = context.plan.groups.filter(isSession)
  const crowded = events < CROWD_MIN ? [] : await crowdedIn(connection, groups, waiting)
  return { until, done: 0, commits: 0, shares, events, crowded: [...crowded] }
}

/** What is left of a round in smaller shares, where they are larger than they may be. */
function finer(round: Round, events_per_share: number): Round {
  const { shares, done, events } = round
  if (events / shares <= events_per_share || 2 * shares > SHARES_MAX) return round
  return finer({ ...round, shares: 2 * shares, done: 2 * done }, events_per_share)
}

/** After one share more; the last one ends the round. */
function advanced(before: Position, round: Round): Position {
  const batch = before.batch + 1
  const done = round.done + 1
  const commits = round.commits + 1
  if (done < round.shares) return { ...before, batch, round: { ...round, done, commits } }
  // Where nothing was stored meanwhile, they are level with this batch too.
  const isLevel = before.batch === round.until.batch + round.commits
  const settled = isLevel ? { ...round.until, batch } : round.until
  return { ...before, batch, settled, round: null }
}

/**
 * Takes the next share of a round into the sessions of `groups`, in a transaction of its own.
 * Begins a round where there is none, in shares of about `events_per_share`.
 * Tricky: what they are made of is found before the transaction, since several threads read only
 * what is committed. Nobody else writes meanwhile, so the rows that were found are still there.
 */
export async function settleShare(
  connection: Connection,
  context: BatchContext,
  before: Position,
  groups: readonly Group[],
  events_per_share: number,
): Promise<Position> {
  const begun = before.round ?? (await beginRound(connection, context, before, events_per_share))
  const round = finer(begun, events_per_share)
  const { done, shares, until, events, crowded } = round
  const next = advanced(before, round)
  const share = { at: done, of: shares }
  const joining = { batch: next.batch, until: until.batch, share, events: events / shares, crowded }
  const arrived = arrivedOf(context, before, joining)
  const settlings =
    events > 0 ? groups.filter(isSession).map((one) => settlingOf(one, arrived)) : []
  await connection.script(settlings.flatMap(({ find }) => find))
  return transaction(connection, 'COMMIT', async () => {
    await connection.script(settlings.flatMap(({ store }) => store))
    await connection.run(insertPosition(next, 0, context))
    return next
  })
}

export const isLevel = ({ batch, settled }: Position): boolean => settled.batch === batch

/** Ends the round that there is, and takes in all else. */
export async function settleAll(
  connection: Connection,
  context: BatchContext,
  before: Position,
  groups: readonly Group[],
): Promise<Position> {
  let position = before
  while (!isLevel(position)) {
    const { batch_records_max } = context.settings
    position = await settleShare(connection, context, position, groups, batch_records_max)
  }
  return position
}
