/**
 * How far sessions have come: written with each share that they take in, in its transaction. They
 * follow the store, which has a position of its own.
 */
import { quoteText } from '../../std/duckdb.ts'
import type { Connection } from './database.ts'
import { time } from './position.ts'

export interface SessionPosition {
  /** Of their own changes: the changelog's cursors of tables of sessions count in these. */
  readonly batch: number
  /** The store's batch up to which they hold everything. */
  readonly settled: Reached
  /** They are taking in what came after: they have for some visitors. Null between rounds. */
  readonly round: Round | null
}

/** A batch of the store, and how far event time had come then, in us. */
export interface Reached {
  readonly batch: number
  readonly horizon_us: number | null
}

/** How sessions go on from `settled`, a share of the visitors at a time. */
export interface Round {
  /** Where they are when it ends. */
  readonly until: Reached
  /** Shares that hold all up to there already. */
  readonly done: number
  readonly shares: number
  /** Of all shares. */
  readonly events: number
  /** Groups of which some session has a crowd of them. */
  readonly crowded: readonly string[]
}

export const SESSIONS_START: SessionPosition = Object.freeze({
  batch: 0,
  settled: { batch: 0, horizon_us: null },
  round: null,
})

/** The last committed one. */
export async function readSessionPosition(connection: Connection): Promise<SessionPosition> {
  const [row] = await connection.rows(
    'SELECT *, epoch_us(horizon) AS horizon_us FROM session_batches ORDER BY batch DESC LIMIT 1',
  )
  if (!row) return SESSIONS_START
  const horizon_us = row.horizon_us === null ? null : Number(row.horizon_us)
  return {
    batch: Number(row.batch),
    settled: { batch: Number(row.settled_batch), horizon_us },
    round: row.round as Round | null,
  }
}

/** The row that says it. */
export function insertSessionPosition(
  { batch, settled, round }: SessionPosition,
  now_ms: number,
): string {
  return `INSERT INTO session_batches VALUES (${batch}, make_timestamp(${now_ms * 1_000}),
    ${time(settled.horizon_us)}, ${settled.batch},
    ${round ? quoteText(JSON.stringify(round)) : 'NULL'})`
}
