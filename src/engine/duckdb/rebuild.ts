/**
 * Keeps the store's state tables in step with the declarations. A group whose declaration changed
 * is filled from silver under a new physical name; one registry row switches to it in the same
 * transaction, and the old tables go.
 */
import type { Group, Plan } from '../../plan/plan.ts'
import { quoteText } from '../../std/duckdb.ts'
import { type Connection, transaction } from './database.ts'
import { type BatchContext, insertPosition, type Position } from './position.ts'
import { createStateTables } from './schema.ts'
import { settleAll } from './session_upkeep.ts'
import { SHARES_MAX, SILVER_EVENTS, storedShare } from './silver.ts'
import { crowdedIn, isSession, NONE_CROWDED, stateInserts } from './state_inserts.ts'
import { readRegistry } from './store.ts'

const PREFIX = 'group:'

/** What a stored group must agree in, beside its declaration (which is in its id). */
const stamp = ({ pane }: Group, time_zone: string) => (pane.kind === 'calendar' ? time_zone : '-')

async function dropGroup(connection: Connection, id: string): Promise<void> {
  const tables = await connection.rows(
    `SELECT table_name FROM information_schema.tables
     WHERE starts_with(table_name, ${quoteText(`state_${id}_`)})`,
  )
  const drops = tables.map(({ table_name }) => `DROP TABLE "${table_name}"`)
  await connection.script([...drops, `DELETE FROM registry WHERE name = ${quoteText(PREFIX + id)}`])
}

/** Sorting the steps of all sessions at once would need too much memory. */
const EVENTS_PER_SHARE = 500_000

async function sharesOf(
  connection: Connection,
  { settings }: BatchContext,
  group: Group,
): Promise<readonly string[]> {
  if (!isSession(group)) return [SILVER_EVENTS]
  const [counted] = await connection.rows('SELECT count(*) AS n FROM stored_events')
  const events = Math.min(EVENTS_PER_SHARE, settings.batch_records_max)
  const shares = Math.min(Math.max(1, Math.ceil(Number(counted?.n) / events)), SHARES_MAX)
  return Array.from({ length: shares }, (_, at) => storedShare({ at, of: shares }))
}

async function buildGroup(
  connection: Connection,
  context: BatchContext,
  position: Position,
  group: Group,
): Promise<Position> {
  const batch = position.batch + 1
  const next = { ...position, batch, settled: { ...position.settled, batch } }
  const { time_zone } = context.settings
  const value = quoteText(stamp(group, time_zone))
  const shares = await sharesOf(connection, context, group)
  const crowded = isSession(group)
    ? await crowdedIn(connection, [group], SILVER_EVENTS)
    : NONE_CROWDED
  await transaction(connection, 'COMMIT', async () => {
    await dropGroup(connection, group.id)
    await connection.script([
      ...createStateTables(group),
      ...shares.flatMap((events) =>
        stateInserts([group], { events, size: 'many', batch: next.batch, time_zone, crowded }),
      ),
      `INSERT INTO registry VALUES (${quoteText(PREFIX + group.id)}, ${value})`,
      insertPosition(next, 0, context),
    ])
  })
  return next
}

/**
 * Builds what is missing or changed and drops what no table needs any more. `again` names groups to
 * build even if they look right. Returns the position after, and which groups were built.
 */
export async function reconcile(
  connection: Connection,
  context: BatchContext,
  before: Position,
  again: ReadonlySet<string> = new Set(),
): Promise<{ readonly position: Position; readonly built: readonly Group[] }> {
  const plan: Plan = context.plan
  const registry = await readRegistry(connection)
  const stored = new Map([...registry].filter(([name]) => name.startsWith(PREFIX)))
  const built: Group[] = []
  const right = plan.groups.filter(
    (group) => stored.get(PREFIX + group.id) === stamp(group, context.settings.time_zone),
  )
  const kept = right.filter(({ id }) => !again.has(id))
  let position = await settleAll(connection, context, before, kept)
  for (const group of plan.groups) {
    if (kept.includes(group)) continue
    position = await buildGroup(connection, context, position, group)
    built.push(group)
  }
  const wanted = new Set(plan.groups.map(({ id }) => PREFIX + id))
  const obsolete = [...stored.keys()].filter((name) => !wanted.has(name))
  for (const name of obsolete) {
    const id = name.slice(PREFIX.length)
    await transaction(connection, 'COMMIT', () => dropGroup(connection, id))
  }
  // A question may be in the way: then the next checkpoint does it, and what was built stands.
  const changed = built.length + obsolete.length > 0
  if (changed) await connection.run('CHECKPOINT').catch(() => undefined)
  return { position, built }
}
