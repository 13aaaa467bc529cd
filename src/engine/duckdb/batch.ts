/**
 * One micro-batch: what the slices say goes to silver, states, ledger and offsets in one
 * transaction, or not at all. A record that fails the whole is found by halving and kept as
 * `engine_refused`.
 */
import type { Offsets, RecordRange, Slice } from '../../log/contract.ts'
import type { Place } from '../../log/files/erase_log.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { type Connection, isFatal, isShortage, transaction } from './database.ts'
import { insertDimensions } from './dimensions.ts'
import { insertErased, insertUnswept, leaveOutErased } from './erase.ts'
import { type Culprit, insertLedger, insertLost, insertRefused } from './ledger.ts'
import { insertOrderCopies } from './orders.ts'
import { type BatchContext, insertPosition, type Position } from './position.ts'
import {
  CREATE_SUSPECTS,
  CREATE_VERDICTS,
  createBatch,
  createRaw,
  createTold,
  insertEvents,
  KEEP_SUSPECTS,
  type Scope,
} from './silver.ts'
import { isSession, NONE_CROWDED, sessionTrials, stateInserts } from './state_inserts.ts'
import { advance } from './watermark.ts'

/** How many records one batch may lose to bisection before it is taken for a fault of our own. */
const CULPRITS_MAX = 64

const EMPTY_VERDICTS = `CREATE OR REPLACE TEMP TABLE verdicts AS
  SELECT NULL::BIGINT AS line, NULL::VARCHAR AS verdict WHERE FALSE`

/**
 * Tells new events from copies, in temporary tables only. Returns how many are new.
 * Tricky: before the batch's transaction. A table that is not committed is read by one thread.
 */
async function dedupe(connection: Connection, scope: Scope): Promise<number> {
  await connection.script([createTold(scope), CREATE_SUSPECTS])
  const [counted] = await connection.rows('SELECT count(*) AS n FROM suspects')
  const anySuspects = Number(counted?.n) > 0
  const verdicts = anySuspects ? [KEEP_SUSPECTS, CREATE_VERDICTS] : [EMPTY_VERDICTS]
  await connection.script([...verdicts, createBatch(anySuspects)])
  const [fresh] = await connection.rows('SELECT count(*) AS n FROM batch')
  return Number(fresh?.n)
}

async function oldestReceived(connection: Connection): Promise<number | null> {
  const [row] = await connection.rows(
    "SELECT epoch_ms(min(received_at)) AS ms FROM told WHERE origin IS DISTINCT FROM 'import'",
  )
  return row?.ms === null || row === undefined ? null : Number(row.ms)
}

async function readSourceTimes(
  connection: Connection,
): Promise<readonly (readonly [string, number])[]> {
  const rows = await connection.rows(
    'SELECT source, epoch_us(max(event_time)) AS time FROM batch GROUP BY source',
  )
  return rows.map(({ source, time }) => [String(source), Number(time)] as const)
}

/** Records between the offsets and the slices: they were given up. */
export function lostIn(slices: readonly RecordRange[], before: Offsets): number {
  const next = new Map(before)
  let lost = 0
  for (const { lane, first_position, count } of slices) {
    lost += first_position - (next.get(lane) ?? 0)
    next.set(lane, first_position + count)
  }
  return lost
}

const TOGETHER = 'no record of it fails alone'

/** Its records fail together alone: fewer may pass. */
export const isTogether = (thrown: unknown): boolean =>
  thrown instanceof ClickpathError && thrown.details.includes(TOGETHER)

/** No record is to blame. */
const isOurs = (thrown: unknown): boolean => isFatal(thrown) || isShortage(thrown)

const recordsOf = (slices: readonly Slice[]) => slices.reduce((sum, { count }) => sum + count, 0)

const ALL_LINES = { first_line: 1, last_line: Number.MAX_SAFE_INTEGER }

interface Work {
  readonly context: BatchContext
  readonly before: Position
  readonly slices: readonly Slice[]
  readonly culprits: readonly Culprit[]
  readonly unswept: readonly Place[]
}

const scopeOf = ({ culprits }: Work, lines: Pick<Scope, 'first_line' | 'last_line'>): Scope => ({
  ...lines,
  excluded: culprits.map(({ line }) => line),
})

/** Writes the `fresh` events that `dedupe` found, within the caller's transaction. */
async function write(
  connection: Connection,
  { context, before, slices, culprits, unswept }: Work,
  fresh: number,
): Promise<Position> {
  const batch = before.batch + 1
  const sources = advance(before.sources, await readSourceTimes(connection))
  const stored = await connection.run(insertEvents(batch))
  if (stored !== fresh)
    throw new ClickpathError('BATCH_FAILED', `${stored} of ${fresh} rows stored`)
  const offsets = new Map(before.offsets)
  const writers = new Map(before.writers)
  for (const { lane, first_position, count, writers: wrote } of slices) {
    offsets.set(lane, first_position + count)
    if (wrote !== undefined) writers.set(lane, wrote)
  }
  await connection.script([
    insertOrderCopies('batch', batch),
    ...insertDimensions(batch),
    ...insertRefused(batch, culprits),
    insertErased(batch),
    ...insertUnswept(unswept),
    insertLedger(batch, culprits, before.sources, context.settings.late_ms),
    ...insertLost(batch, lostIn(slices, before.offsets), context.now_ms),
    ...fixedStates(context, batch),
    ...sessionTrials(context.plan.groups, 'batch'),
  ])
  const position = { batch, offsets, writers, sources }
  await connection.run(insertPosition(position, recordsOf(slices), context))
  return position
}

/** Sessions follow, in transactions of their own. */
function fixedStates({ plan, settings: { time_zone } }: BatchContext, batch: number) {
  const groups = plan.groups.filter((group) => !isSession(group))
  return stateInserts(groups, {
    events: 'batch',
    size: 'few',
    batch,
    time_zone,
    crowded: NONE_CROWDED,
  })
}

/** Why the lines fail when taken alone; null when they pass. */
async function failureOf(
  connection: Connection,
  work: Work,
  lines: { readonly first_line: number; readonly last_line: number },
): Promise<string | null> {
  try {
    const fresh = await dedupe(connection, scopeOf(work, lines))
    await transaction(connection, 'ROLLBACK', () => write(connection, work, fresh))
    return null
  } catch (thrown) {
    if (isOurs(thrown)) throw thrown
    return messageOf(thrown).split('\n')[0] ?? ''
  }
}

/** Narrows a failing batch down to one record by halving. */
async function findCulprit(connection: Connection, work: Work): Promise<Culprit> {
  const [counted] = await connection.rows('SELECT max(line) AS n FROM raw')
  let [first_line, last_line] = [1, Number(counted?.n)]
  const whole = await failureOf(connection, work, { first_line, last_line })
  if (whole === null) throw new ClickpathError('BATCH_FAILED', 'it failed once and then passed')
  while (first_line < last_line) {
    const middle = Math.floor((first_line + last_line) / 2)
    const left = await failureOf(connection, work, { first_line, last_line: middle })
    if (left === null) first_line = middle + 1
    else last_line = middle
  }
  // Where each half passes, it was left over by halving, and is not to blame.
  const detail = await failureOf(connection, work, { first_line, last_line })
  if (detail === null) throw new ClickpathError('BATCH_FAILED', TOGETHER)
  return { line: first_line, detail }
}

export interface BatchDone {
  readonly position: Position
  readonly records: number
  /** When the oldest live event of the batch was received; null when all of it is imported. */
  readonly oldest_ms: number | null
  readonly culprits: readonly Culprit[]
  /** Records that were passed over, since they were given up. */
  readonly lost: number
  /** Where the log holds records of people who were erased. */
  readonly unswept: readonly Place[]
}

/**
 * Runs the batch. Throws when the store itself is unusable (see `isFatal`), when memory is short
 * (`isShortage`), or when more records fail than can be blamed on records.
 */
export async function runBatch(
  connection: Connection,
  context: BatchContext,
  before: Position,
  slices: readonly Slice[],
): Promise<BatchDone> {
  await connection.script(createRaw(slices))
  const unswept = await leaveOutErased(connection, slices, context.erased)
  const culprits: Culprit[] = []
  for (;;) {
    const work = { context, before, slices, culprits: [...culprits], unswept }
    try {
      const fresh = await dedupe(connection, scopeOf(work, ALL_LINES))
      const told = await transaction(connection, 'COMMIT', async () => {
        const position = await write(connection, work, fresh)
        return { position, oldest_ms: await oldestReceived(connection) }
      })
      const [records, lost] = [recordsOf(slices), lostIn(slices, before.offsets)]
      return { ...told, records, culprits, lost, unswept }
    } catch (thrown) {
      if (isOurs(thrown) || culprits.length >= CULPRITS_MAX) throw thrown
      culprits.push(await findCulprit(connection, work))
    }
  }
}
