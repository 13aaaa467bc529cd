/**
 * Keeps the store's state tables in step with the declarations. A group whose declaration changed
 * is filled from silver under a new physical name; one registry row switches to it in the same
 * transaction, and the old tables go.
 */
import type { Group, Plan } from '../../plan/plan.ts'
import { quoteText } from '../../std/duckdb.ts'
import { checkpoint } from './checkpoints.ts'
import { type Connection, transaction } from './database.ts'
import type { OpenStore } from './open_store.ts'
import { type BatchContext, insertPosition, type Position } from './position.ts'
import { createStateTables } from './schema.ts'
import { insertSessionPosition, type SessionPosition } from './session_position.ts'
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

/** Where the store and its sessions stand. */
export interface Positions {
  readonly position: Position
  readonly sessions: SessionPosition
}

/** The row that says that a group was built, and the positions then. */
function afterBuilding(
  { position, sessions }: Positions,
  group: Group,
  context: BatchContext,
): Positions & { readonly said: string; readonly batch: number } {
  if (isSession(group)) {
    const next = { ...sessions, batch: sessions.batch + 1 }
    const said = insertSessionPosition(next, context.now_ms)
    return { position, sessions: next, said, batch: next.batch }
  }
  const next = { ...position, batch: position.batch + 1 }
  return { position: next, sessions, said: insertPosition(next, 0, context), batch: next.batch }
}

async function buildGroup(
  connection: Connection,
  context: BatchContext,
  before: Positions,
  group: Group,
): Promise<Positions> {
  const { said, batch, ...after } = afterBuilding(before, group, context)
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
        stateInserts([group], { events, size: 'many', batch, time_zone, crowded }),
      ),
      `INSERT INTO registry VALUES (${quoteText(PREFIX + group.id)}, ${value})`,
      said,
    ])
  })
  return after
}

/** Drops what no table needs any more. */
async function dropObsolete(connection: Connection, { groups }: Plan): Promise<number> {
  const wanted = new Set(groups.map(({ id }) => PREFIX + id))
  const stored = [...(await readRegistry(connection)).keys()]
  const obsolete = stored.filter((name) => name.startsWith(PREFIX) && !wanted.has(name))
  for (const name of obsolete) {
    const id = name.slice(PREFIX.length)
    await transaction(connection, 'COMMIT', () => dropGroup(connection, id))
  }
  return obsolete.length
}

/**
 * Builds what is missing or changed, sessions last, and drops what no table needs any more. `again`
 * names groups to build even if they look right. Returns the positions after, and which groups were
 * built.
 */
export async function reconcile(
  { writer, joiner }: Pick<OpenStore, 'writer' | 'joiner'>,
  context: BatchContext,
  before: Positions,
  again: ReadonlySet<string> = new Set(),
): Promise<Positions & { readonly built: readonly Group[] }> {
  const { plan, settings } = context
  const connections = new Set([writer, joiner])
  const stored = new Map<string, string>()
  for (const connection of connections) {
    for (const [name, value] of await readRegistry(connection)) stored.set(name, value)
  }
  const right = plan.groups.filter(
    (group) => stored.get(PREFIX + group.id) === stamp(group, settings.time_zone),
  )
  const due = plan.groups.filter((group) => !right.includes(group) || again.has(group.id))
  let at = before
  for (const group of due.filter((one) => !isSession(one))) {
    at = await buildGroup(writer, context, at, group)
  }
  // Also those that are built again: until that is done, they are what is read.
  const sessions = await settleAll(joiner, context, at.position, at.sessions, right)
  at = { ...at, sessions }
  for (const group of due.filter(isSession)) at = await buildGroup(joiner, context, at, group)
  let dropped = 0
  for (const connection of connections) dropped += await dropObsolete(connection, plan)
  if (due.length + dropped > 0) await checkpoint(connections)
  return { ...at, built: due }
}
