/**
 * One micro-batch: what the slices say goes to silver, states, ledger and offsets in one
 * transaction, or not at all. A record that fails the whole is found by halving and kept as
 * `engine_refused`.
 */
import type { Offsets, Slice } from '../../log/contract.ts'
import type { Group, Plan } from '../../plan/plan.ts'
import { quoteText } from '../../std/duckdb.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import { type Connection, isFatal, transaction } from './database.ts'
import { insertDimensions } from './dimensions.ts'
import { type Culprit, insertLedger, insertRefused } from './ledger.ts'
import { insertOrderCopies } from './orders.ts'
import { type PartialQuery, partialQueries } from './render_partials.ts'
import { stateTable } from './render_states.ts'
import { settling, settlingMany } from './settle.ts'
import {
  CREATE_SUSPECTS,
  CREATE_VERDICTS,
  createBatch,
  createRaw,
  createTold,
  insertEvents,
  itemsOf,
  type Scope,
} from './silver.ts'
import { advance, horizonOf, type SourceTimes } from './watermark.ts'

/** Where the store stands; written with each batch and read back at start. */
export interface Position {
  readonly batch: number
  readonly offsets: Offsets
  readonly sources: SourceTimes
}

export interface BatchContext {
  readonly plan: Plan
  readonly settings: Pick<
    Settings,
    'time_zone' | 'idle_source_ms' | 'late_ms' | 'batch_records_max'
  >
  readonly now_ms: number
}

/** How many records one batch may lose to bisection before it is taken for a fault of our own. */
const CULPRITS_MAX = 64

/** A batch that is so full is an import or a backlog. */
const LARGE_SHARE = 1 / 25

const EMPTY_VERDICTS = `CREATE OR REPLACE TEMP TABLE verdicts AS
  SELECT NULL::BIGINT AS line, NULL::VARCHAR AS verdict WHERE FALSE`

/** Adds the rows of a relation of events (a batch, or all of silver) to the states of groups. */
export function stateInserts(
  groups: readonly Group[],
  events: string,
  batch: number,
  time_zone: string,
  size: 'small' | 'large',
): readonly string[] {
  return groups.flatMap((group) => {
    const relation = group.from.name === 'items' ? itemsOf(events) : events
    const queries = partialQueries(group, relation, batch, time_zone)
    const { pane } = group
    if (pane.kind !== 'session') return queries.map(insertInto(group))
    const rows = queries.filter(({ part }) => part !== 'main').map(insertInto(group))
    const partial = (some: string) => partialQueries(group, some, batch, time_zone)[0]?.sql ?? ''
    return size === 'small'
      ? [...rows, ...settling(group, pane, partial(relation))]
      : [...rows, ...settlingMany(group, pane, relation, partial)]
  })
}

const insertInto =
  (group: Group) =>
  ({ part, sql }: PartialQuery) =>
    `INSERT INTO ${stateTable(group, part)} BY NAME ${sql}`

/** Tells new events from copies, in temporary tables only. Returns how many are new. */
async function dedupe(connection: Connection, scope: Scope): Promise<number> {
  await connection.script([createTold(scope), CREATE_SUSPECTS])
  const [counted] = await connection.rows('SELECT count(*) AS n FROM suspects')
  const anySuspects = Number(counted?.n) > 0
  const verdicts = anySuspects ? CREATE_VERDICTS : EMPTY_VERDICTS
  await connection.script([verdicts, createBatch(anySuspects)])
  const [fresh] = await connection.rows('SELECT count(*) AS n FROM batch')
  return Number(fresh?.n)
}

/** When the oldest live event of the batch was received, in ms; null when all of it is imported. */
export async function oldestReceived(connection: Connection): Promise<number | null> {
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

/**
 * The row that says where the store stands: offsets and watermark commit with what they speak of.
 */
export function insertPosition(
  position: Position,
  records: number,
  { settings, now_ms }: BatchContext,
): string {
  const horizon_us = horizonOf(position.sources, settings.idle_source_ms)
  const horizon = horizon_us === null ? 'NULL' : `make_timestamp(${horizon_us})`
  const json = (map: ReadonlyMap<string, number>) =>
    quoteText(JSON.stringify(Object.fromEntries(map)))
  return `INSERT INTO batches VALUES (${position.batch},
    make_timestamp(${now_ms * 1_000}), ${records},
    ${json(position.offsets)}, ${json(position.sources)}, ${horizon}, ${settings.late_ms})`
}

const ALL_LINES = { first_line: 1, last_line: Number.MAX_SAFE_INTEGER }

interface Work {
  readonly context: BatchContext
  readonly before: Position
  readonly slices: readonly Slice[]
  readonly culprits: readonly Culprit[]
}

async function write(
  connection: Connection,
  { context, before, slices, culprits }: Work,
  lines: { readonly first_line: number; readonly last_line: number } = ALL_LINES,
): Promise<Position> {
  const batch = before.batch + 1
  const fresh = await dedupe(connection, { ...lines, excluded: culprits.map(({ line }) => line) })
  const sources = advance(before.sources, await readSourceTimes(connection))
  const stored = await connection.run(insertEvents(batch))
  if (stored !== fresh)
    throw new ClickpathError('BATCH_FAILED', `${stored} of ${fresh} rows stored`)
  const offsets = new Map(before.offsets)
  for (const { lane, first_position, count } of slices) offsets.set(lane, first_position + count)
  const records = slices.reduce((sum, { count }) => sum + count, 0)
  const position = { batch, offsets, sources }
  const size = fresh > LARGE_SHARE * context.settings.batch_records_max ? 'large' : 'small'
  await connection.script([
    insertOrderCopies('batch', batch),
    ...insertDimensions(batch),
    ...insertRefused(batch, culprits),
    insertLedger(batch, culprits, before.sources, context.settings.late_ms),
    ...stateInserts(context.plan.groups, 'batch', batch, context.settings.time_zone, size),
    insertPosition(position, records, context),
  ])
  return position
}

/** Why the lines fail when taken alone; null when they pass. */
async function failureOf(
  connection: Connection,
  work: Work,
  lines: { readonly first_line: number; readonly last_line: number },
): Promise<string | null> {
  try {
    await transaction(connection, 'ROLLBACK', () => write(connection, work, lines))
    return null
  } catch (thrown) {
    if (isFatal(thrown)) throw thrown
    return messageOf(thrown).split('\n')[0] ?? ''
  }
}

/** Narrows a failing batch down to one record by halving. */
async function findCulprit(connection: Connection, work: Work): Promise<Culprit> {
  const [counted] = await connection.rows('SELECT max(line) AS n FROM raw')
  let [first_line, last_line] = [1, Number(counted?.n)]
  let detail = await failureOf(connection, work, { first_line, last_line })
  if (detail === null) throw new ClickpathError('BATCH_FAILED', 'it failed once and then passed')
  while (first_line < last_line) {
    const middle = Math.floor((first_line + last_line) / 2)
    const left = await failureOf(connection, work, { first_line, last_line: middle })
    if (left === null) first_line = middle + 1
    else [last_line, detail] = [middle, left]
  }
  return { line: first_line, detail }
}

/**
 * Runs the batch. Throws only when the store itself is unusable (see `isFatal`) or when more
 * records fail than can be blamed on records.
 */
export async function runBatch(
  connection: Connection,
  context: BatchContext,
  before: Position,
  slices: readonly Slice[],
): Promise<{ readonly position: Position; readonly culprits: readonly Culprit[] }> {
  await connection.script(createRaw(slices))
  const culprits: Culprit[] = []
  for (;;) {
    const work = { context, before, slices, culprits: [...culprits] }
    try {
      const position = await transaction(connection, 'COMMIT', () => write(connection, work))
      return { position, culprits }
    } catch (thrown) {
      if (isFatal(thrown) || culprits.length >= CULPRITS_MAX) throw thrown
      culprits.push(await findCulprit(connection, work))
    }
  }
}
