/**
 * One strike at a running shop: drawn from the seed, either at a random moment or at a named point.
 * Where a point needs something to happen (an import, a rebuild), the strike makes it happen.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startUp, type UpProcess } from '../../cli/up_process.ts'
import type { Random } from '../../oracle/random.ts'
import { asSent, type Client } from '../client.ts'
import { arm, armed, disarm, doomedEnvironment, doomFolder, type KillPoint } from './kill_points.ts'

const PROGRAM = resolve(import.meta.dirname, '../../../bin/clickpath.js')
/** Batches and segments as small and as many as can be: more to be in the middle of. */
const FLAGS = [
  ...['--log-reserve-mb', '0', '--store-reserve-mb', '0'],
  ...['--batch-interval-ms', '10', '--segment-bytes-max', '100000'],
]
const IMPORT_ROWS = 300
const IMPORT_FLAGS = ['--batch-records-max', '100', '--log-reserve-mb', '0', '--json']
const REACHED_MS_MAX = 2_500
/** After the last event, and after whatever the time is. */
const AFTER_ALL = '2100-01-01'
const IMPORT_MS_MAX = 600
const LOOK_MS = 5

/** Kills at a moment drawn at random, by who dies. */
const AT_RANDOM = ['collect', 'serve', 'up', 'all', 'import'] as const

export type Kind = `random: ${(typeof AT_RANDOM)[number]}` | KillPoint

export interface Strike {
  readonly up: UpProcess
  readonly kind: Kind
  /** `missed`: nobody came to the point in time, or the process was dead already. */
  readonly result: 'killed' | 'missed'
}

export interface Shop {
  readonly up: UpProcess
  readonly client: Client
  readonly random: Random
}

export function startShop(directory: string): Promise<UpProcess> {
  return startUp(directory, FLAGS, { env: doomedEnvironment(directory) })
}

const RANDOM_KINDS = AT_RANDOM.map((who) => `random: ${who}` as const)
const NAMED_KINDS: Readonly<Record<KillPoint, (shop: Shop) => Promise<boolean>>> = {
  'before the sync': (shop) => atPoint(shop, 'before the sync', 8),
  'after the append': (shop) => atPoint(shop, 'after the append', 8),
  'mid-batch': (shop) => atPoint(shop, 'mid-batch', 3),
  'mid-commit': (shop) => atPoint(shop, 'mid-commit', 3),
  'after the commit': (shop) => atPoint(shop, 'after the commit', 3),
  'mid-compaction': (shop) => atPoint(shop, 'mid-compaction', 1),
  'mid-rebuild': (shop) => rebuilding(shop),
  'mid-archive': (shop) => archiving(shop),
  'mid-import': (shop) => importing(shop, 'mid-import'),
}
export const KINDS = [...RANDOM_KINDS, ...(Object.keys(NAMED_KINDS) as KillPoint[])]

/** A strike of one of the kinds. */
export async function strike(shop: Shop, kinds: readonly Kind[]): Promise<Strike> {
  const { up, random } = shop
  const kind = random.pick(kinds)
  const told = (killed: boolean) => ({ up, kind, result: killed ? 'killed' : 'missed' }) as const
  switch (kind) {
    case 'random: collect':
      return told(kill(up, 'collect'))
    case 'random: serve':
      return told(kill(up, 'serve'))
    case 'random: import':
      return told(await importing(shop, null))
    case 'random: up':
    case 'random: all':
      return { up: await startAgain(shop, kind), kind, result: 'killed' }
    default:
      return told(await NAMED_KINDS[kind](shop))
  }
}

/** False where the process is dead already and its successor not yet told. */
function kill(up: UpProcess, role: 'up' | 'collect' | 'serve'): boolean {
  try {
    process.kill(up.running(role).pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
}

/** Without supervisor its children end by themselves: the next one may find them still there. */
async function startAgain(
  { up, client }: Shop,
  who: 'random: up' | 'random: all',
): Promise<UpProcess> {
  const roles = who === 'random: all' ? (['up', 'collect', 'serve'] as const) : (['up'] as const)
  for (const role of roles) kill(up, role)
  await up.ended()
  const again = await startShop(up.directory)
  client.url = again.url
  return again
}

/** Dooms whoever comes to the point, after up to so many others that pass it. */
async function atPoint(
  { up, random }: Shop,
  point: KillPoint,
  passes: number,
  make: () => Promise<unknown> = () => sleep(REACHED_MS_MAX),
): Promise<boolean> {
  const folder = doomFolder(up.directory)
  arm(folder, point, { let_pass: random.below(passes), share: random.below(100) / 100 })
  let made: 'being made' | 'made' = 'being made'
  void make().then(() => {
    made = 'made'
  })
  while (armed(folder, point) && made === 'being made') await sleep(LOOK_MS)
  const reached = armed(folder, point) === null
  disarm(folder, point)
  return reached
}

/** Asks for something that takes a while; whoever does it may be doomed, and does not answer. */
async function post({ up }: Shop, path: string): Promise<void> {
  const signal = AbortSignal.timeout(REACHED_MS_MAX)
  const answer = await fetch(`${up.url}${path}`, { method: 'POST', signal }).catch(() => null)
  await answer?.arrayBuffer().catch(() => null)
}

/** Of one table, or of everything: that one computes each group of tables. */
function rebuilding(shop: Shop): Promise<boolean> {
  const table = shop.random.pick(['event_windows_5m', 'product_sales', 'sessions', null])
  const path = table === null ? '/api/rebuild' : `/api/rebuild/${table}`
  return atPoint(shop, 'mid-rebuild', table === null ? 12 : 2, () => post(shop, path))
}

/** Everything that can leave log and database: sealed segments, and all days there are. */
function archiving(shop: Shop): Promise<boolean> {
  const path = `/api/archive?before=${AFTER_ALL}&mode=move`
  return atPoint(shop, 'mid-archive', 3, () => post(shop, path))
}

/** An import that is killed, at its point or at a random moment, and then done again to its end. */
async function importing({ up, client, random }: Shop, point: 'mid-import' | null) {
  const events = client.invent(IMPORT_ROWS, { source: 'history', origin: 'import' })
  const file = join(up.directory, `history-${client.told.size}.ndjson`)
  writeFileSync(file, events.map((event) => `${JSON.stringify(asSent(event))}\n`).join(''))
  const folder = doomFolder(up.directory)
  if (point) arm(folder, point, { let_pass: random.below(9), share: random.below(100) / 100 })
  const first = startImport(up.directory, file)
  if (!point) await Promise.race([first.ended, sleep(random.below(IMPORT_MS_MAX))])
  if (!point) first.child.kill('SIGKILL')
  const killed = (await first.ended).signal === 'SIGKILL'
  if (point) disarm(folder, point)
  const { code, stderr } = killed ? await startImport(up.directory, file).ended : await first.ended
  if (code !== 0) throw new Error(`the import ended with ${code}: ${stderr}`)
  client.tell(events)
  return killed
}

interface ImportEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

function startImport(
  data: string,
  file: string,
): { readonly child: ChildProcess; readonly ended: Promise<ImportEnd> } {
  const args = ['import', file, '--format', 'ndjson', '--source', 'history', '--data', data]
  const child = spawn(process.execPath, [PROGRAM, ...args, ...IMPORT_FLAGS], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...doomedEnvironment(data) },
  })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
  return { child, ended: ended as Promise<ImportEnd> }
}
