/**
 * Kills a process that archives, again and again, and looks after each kill that every event is
 * stored once, that the log reads whole from its beginning, and that copies are still told.
 *
 *   npm run torture:archive -- [--kills 20] [--seed S]
 */
import { deepEqual } from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseArgs } from 'node:util'
import { ArchiveFolder } from '../../src/log/files/archive_folder.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { type LogRecord, Shop } from '../engine/shop.ts'
import { seededRandom } from '../oracle/random.ts'
import { killWhileArchiving } from './archiving_child.ts'
import { archivedFiles, count, everything, oldRecords, SETTINGS, tellInParts } from './old_shop.ts'

const EVENTS_A_ROUND = 400
const COPIES = 20
/** About as long as archiving what a round brings takes. */
const ARCHIVING_MS = 600
const NO_LIMITS = { records_max: 1e6, bytes_max: 1e9 }

export interface Killed {
  readonly killed: number
  readonly events: number
  readonly files: number
}

/** Throws what is wrong. */
export async function archiveAndKill(t: TestContext, seed: number, kills: number): Promise<Killed> {
  const random = seededRandom(seed)
  const shop = await new Shop(t, SETTINGS).open()
  const told: LogRecord[] = []
  let copies = 0
  let killed = 0
  for (let round = 0; round < kills; round++) {
    const fresh = freshEvents(seed, round)
    told.push(...fresh)
    await tellInParts(shop, fresh)
    await shop.close()
    const after_ms = random.below(ARCHIVING_MS)
    if ((await killWhileArchiving(shop.directory, after_ms)) === 'killed') killed += 1
    await shop.open()
    await checkEvents(shop, told.length, copies)
    await checkLog(shop, told.length + copies)
    await shop.tell(
      Array.from({ length: COPIES }, () => told[random.below(told.length)] as LogRecord),
    )
    copies += COPIES
    await checkEvents(shop, told.length, copies)
  }
  const before = await everything(shop)
  await shop.processor.engine.rebuild()
  deepEqual(await everything(shop), before)
  return { killed, events: told.length, files: archivedFiles(shop, 'log').length }
}

function freshEvents(seed: number, round: number): readonly LogRecord[] {
  return oldRecords(seed + round, EVENTS_A_ROUND)
    .filter(({ record }) => record === 'event')
    .map((event) => ({
      ...event,
      event_id: `${round}-${event.event_id}`,
      order_id: event.order_id && `${round}-${event.order_id}`,
    }))
}

async function checkEvents(shop: Shop, events: number, copies: number): Promise<void> {
  same(await count(shop, 'events'), events, 'events')
  same(await count(shop, '(SELECT DISTINCT source, event_id FROM events)'), events, 'ids')
  const { received, stored, duplicate } = await shop.ledger()
  same(Number(received), events + copies, 'received')
  same(Number(stored), events, 'stored')
  same(Number(duplicate), copies, 'duplicates')
}

async function checkLog(shop: Shop, records: number): Promise<void> {
  const archive = new ArchiveFolder(join(shop.directory, 'archive', 'log'))
  const spool = join(shop.directory, 'spool')
  const log = openFileLog({ directory: join(shop.directory, 'log'), spool, archive })
  let position = 0
  for (;;) {
    const slices = await log.read(new Map([['live', position]]), NO_LIMITS)
    if (slices.length === 0) break
    for (const slice of slices) {
      same(slice.first_position, position, 'positions')
      position += slice.count
    }
  }
  await log.close()
  same(position, records, 'records of the log')
}

function same<T>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, and it should be ${expected}`)
}

if (import.meta.main) {
  const options = { kills: { type: 'string', default: '20' }, seed: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
  console.log(`seed ${seed}`)
  const endings: (() => unknown)[] = []
  const t = { after: (ending: () => unknown) => endings.push(ending) } as unknown as TestContext
  const { killed, events, files } = await archiveAndKill(t, seed, Number(values.kills))
  for (const ending of endings) await ending()
  console.log(
    `${killed} killed while archiving, ${events} events, ${files} archived segments, 0 wrong`,
  )
}
