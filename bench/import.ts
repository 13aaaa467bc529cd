/**
 * `npm run bench:import`: how long it takes until a large file is in the log and in every table, on
 * a fresh data folder; and then the engine alone, over the same log.
 */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFileLog } from '../src/log/files/reader.ts'
import { Children, within } from './children.ts'
import { madeHistory } from './history_file.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { durationsIn, runCommand, startCommand } from './product.ts'
import { type Check, check, type Figures, finish, type Target } from './run.ts'

const LOOK_MS = 100
/** Far below what any machine worth measuring does: beyond, the command hangs. */
const EVENTS_PER_SECOND_MIN = 5_000
const OVERHEAD_MS_MAX = 60_000

const TARGETS: readonly Target[] = [
  { stage: 'import', figure: 'events_per_second', bound: 'at least', value: 120_000 },
  { stage: 'import', figure: 'resident_mb_max', bound: 'at most', value: 1_500 },
]

const asked = readOptions({ events: 5_000_000, seed: 1, rebuild: 1 })
const { events, seed } = asked.numbers
const most_ms = OVERHEAD_MS_MAX + (events / EVENTS_PER_SECOND_MIN) * 1_000
const children = new Children()

interface LogTimes {
  first_ms: number | null
  all_ms: number | null
}

/** Sees from outside, by the log's durable mark, when its first and its last record were there. */
async function watchLog(folder: string, signal: AbortSignal): Promise<LogTimes> {
  const log = openFileLog({ directory: join(folder, 'log'), spool: join(folder, 'bench-spool') })
  const began_ms = performance.now()
  const times: LogTimes = { first_ms: null, all_ms: null }
  while (!signal.aborted && times.all_ms === null) {
    // Before the import has made the folder there are no lanes.
    const lanes = await log.lanes().catch(() => [])
    const records = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
    if (records > 0) times.first_ms ??= performance.now() - began_ms
    if (records >= events) times.all_ms = performance.now() - began_ms
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined) // The import has ended.
  }
  await log.close()
  return times
}

async function measureImport(file: string, folder: string): Promise<Figures> {
  tell(`import of ${events.toLocaleString('en-US')} events`)
  const words = ['import', file, '--format', 'rees46', '--data', folder, '--json']
  const started = startCommand(children, words)
  const sampler = new Sampler(started.pid)
  const over = new AbortController()
  const watching = watchLog(folder, over.signal)
  const ended = await within(most_ms, 'the import', started.ended)
  over.abort()
  const use = await sampler.stop()
  const { first_ms, all_ms } = await watching
  if (ended.code !== 0) throw new Error(`import ended with ${ended.code}: ${ended.stderr}`)
  return {
    events_per_second: events / (ended.duration_ms / 1_000),
    duration_s: ended.duration_ms / 1_000,
    until_first_in_log_s: seconds(first_ms),
    until_all_in_log_s: seconds(all_ms),
    then_until_in_tables_s: all_ms === null ? null : (ended.duration_ms - all_ms) / 1_000,
    ...durationsIn(ended.stdout),
    ...figuresOf(use),
  }
}

function seconds(duration_ms: number | null): number | null {
  return duration_ms === null ? null : duration_ms / 1_000
}

/** The engine alone: the same log once more into a new database. */
async function measureRebuild(folder: string): Promise<Figures> {
  tell('rebuild of all tables from the log')
  const started = startCommand(children, ['rebuild', '--data', folder])
  const sampler = new Sampler(started.pid)
  const ended = await within(most_ms, 'the rebuild', started.ended)
  const use = await sampler.stop()
  if (ended.code !== 0) throw new Error(`rebuild ended with ${ended.code}: ${ended.stderr}`)
  const duration_s = ended.duration_ms / 1_000
  return { events_per_second: events / duration_s, duration_s, ...figuresOf(use) }
}

function bytesIn(folder: string): number {
  return globSync('**/*', { cwd: folder })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)
}

async function checksOf(folder: string): Promise<readonly Check[]> {
  const asJson = async (...args: string[]) => {
    const { stdout } = await runCommand(children, OVERHEAD_MS_MAX, [...args, '--data', folder])
    return JSON.parse(stdout)
  }
  const sql = `SELECT (SELECT count(*) FROM events) AS silver,
    (SELECT sum(events) FROM category_counts) AS gold`
  const [row] = await asJson('query', sql, '--format', 'json')
  const { balanced } = await asJson('status', '--json')
  return [
    check(`all ${events} events are stored: ${row.silver}`, Number(row.silver) === events),
    check(`a table counts them all: ${row.gold}`, Number(row.gold) === events),
    check('the ledger balances', balanced === true),
  ]
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  const file = await madeHistory(children, { events, seed, directory: asked.directory, most_ms })
  return withFolder(children, asked.directory, async (folder) => {
    const stages: Record<string, Figures> = { import: await measureImport(file, folder) }
    stages.sizes = {
      file_mb: statSync(file).size / 1e6,
      log_mb: bytesIn(join(folder, 'log')) / 1e6,
      database_mb: bytesIn(join(folder, 'engine')) / 1e6,
    }
    const checks = await checksOf(folder)
    if (asked.numbers.rebuild > 0) stages.engine_alone = await measureRebuild(folder)
    const { size, history, numbers: options } = asked
    return finish({ bench: 'import', size, options, stages, targets: TARGETS, checks }, history)
  })
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
