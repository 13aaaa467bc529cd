/**
 * How sessions take in what is stored: in a round, a share of the visitors at a time, each in a
 * transaction of its own. A session that many events touch is written once for all of them, so
 * under load what is in silver waits for some batches. See sessions.ts for when.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
import type { BatchContext, Position } from './position.ts'
import { insertSessionPosition, type Round, type SessionPosition } from './session_position.ts'
import { SHARES_MAX, type Share, storedBetween } from './silver.ts'
import { type Arrived, CROWD_MIN, crowdedIn, isSession, settlingOf } from './state_inserts.ts'
import { horizonOf } from './watermark.ts'

/** So large a share of a full batch is an import or a backlog. */
const MANY_SHARE = 1 / 2
const WHOLE: Share = { at: 0, of: 1 }
/** Of a new round: few enough that looking for what they touch takes little of it. */
const SHARES_BEGUN_MAX = 16

/** How many events wait. */
async function countWaiting(connection: Connection, { settled }: SessionPosition): Promise<number> {
  const [row] = await connection.rows(
    `SELECT count(*) AS n FROM silver_events WHERE batch > ${settled.batch}`,
  )
  return Number(row?.n)
}

interface Joining {
  /** The share's number among the changes of sessions. */
  readonly batch: number
  readonly share: Share
  /** The store's last batch of them. */
  readonly until: number
  readonly events: number
  readonly crowded: readonly string[]
}

/** What waits, as it is to be joined. */
function arrivedOf(
  { settings }: BatchContext,
  { settled }: SessionPosition,
  joining: Joining,
): Arrived {
  const { batch, share, until, events, crowded } = joining
  const size = events > MANY_SHARE * settings.batch_records_max ? 'many' : 'few'
  const { time_zone } = settings
  const waiting = storedBetween(settled.batch, until, share)
  return { events: waiting, size, batch, time_zone, crowded: new Set(crowded) }
}

/** Of all that the store holds now, in shares of about so many events. */
async function beginRound(
  connection: Connection,
  { settings }: BatchContext,
  store: Position,
  before: SessionPosition,
  groups: readonly Group[],
  events_per_share: number,
): Promise<Round> {
  const events = await countWaiting(connection, before)
  const shares = Math.max(1, Math.min(Math.ceil(events / events_per_share), SHARES_BEGUN_MAX))
  const horizon_us = horizonOf(store.sources, settings.idle_source_ms)
  const until = { batch: store.batch, horizon_us }
  const waiting = storedBetween(before.settled.batch, until.batch, WHOLE)
  const sessions = groups.filter(isSession)
  const crowded = events < CROWD_MIN ? [] : await crowdedIn(connection, sessions, waiting)
  return { until, done: 0, shares, events, crowded: [...crowded] }
}

/** What is left of a round in smaller shares, where they are larger than they may be. */
function finer(round: Round, events_per_share: number): Round {
  const { shares, done, events } = round
  if (events / shares <= events_per_share || 2 * shares > SHARES_MAX) return round
  return finer({ ...round, shares: 2 * shares, done: 2 * done }, events_per_share)
}

/** After one share more; the last one ends the round. */
function advanced(before: SessionPosition, round: Round): SessionPosition {
  const batch = before.batch + 1
  const done = round.done + 1
  if (done < round.shares) return { ...before, batch, round: { ...round, done } }
  return { batch, settled: round.until, round: null }
}

/**
 * Takes the next share of a round into the sessions of `groups`, in a transaction of its own.
 * Begins a round of all that `store` holds where there is none, in shares of about
 * `events_per_share`.
 * Tricky: what they are made of is found before the transaction, since several threads read only
 * what is committed. Nobody else writes sessions, so the rows that were found are still there.
 */
export async function settleShare(
  connection: Connection,
  context: BatchContext,
  store: Position,
  before: SessionPosition,
  groups: readonly Group[],
  events_per_share: number,
): Promise<SessionPosition> {
  const begun =
    before.round ?? (await beginRound(connection, context, store, before, groups, events_per_share))
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
    await connection.run(insertSessionPosition(next, context.now_ms))
    return next
  })
}

/** Whether they hold all that the store does. */
export const isLevel = (store: Position, { settled }: SessionPosition): boolean =>
  settled.batch === store.batch

/** Ends the round that there is, and takes in all else. */
export async function settleAll(
  connection: Connection,
  context: BatchContext,
  store: Position,
  before: SessionPosition,
  groups: readonly Group[],
): Promise<SessionPosition> {
  let position = before
  while (!isLevel(store, position)) {
    const { batch_records_max } = context.settings
    position = await settleShare(connection, context, store, position, groups, batch_records_max)
  }
  return position
}
