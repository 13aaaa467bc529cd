/**
 * What benches begin with, made once and kept: the file of a simulated shop, per size, seed and
 * simulator; and the log that it becomes, per code that writes logs.
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Children } from './children.ts'
import { runCommand } from './product.ts'

const SOURCES = resolve(import.meta.dirname, '../src')
/** What a log's bytes depend on. */
const LOG_WRITERS = ['collect', 'log', 'model']

export interface HistoryFile {
  readonly events: number
  readonly seed: number
  readonly directory: string
  /** After so long the simulator, or the import, is taken to hang. */
  readonly most_ms: number
}

/** The same simulator writes the same file for the same seed. Returns where it lies. */
export async function madeHistory(
  children: Children,
  { events, seed, directory, most_ms }: HistoryFile,
): Promise<string> {
  const cache = cacheIn(directory)
  const name = `rees46-${events}-seed-${seed}-${hashOf('simulate')}.csv`
  const file = join(cache, name)
  if (existsSync(file)) return file
  process.stdout.write(`making ${name}\n`)
  const draft = join(cache, `draft-${process.pid}-${name}`)
  const words = ['--out', draft, '--events', String(events), '--seed', String(seed), '--json']
  await runCommand(children, most_ms, ['simulate', ...words])
  renameSync(draft, file)
  return file
}

/** Puts the log that the file becomes into a data folder; no table is in it. */
export async function putLog(
  children: Children,
  history: HistoryFile,
  folder: string,
): Promise<void> {
  cpSync(await madeLog(children, history), join(folder, 'log'), { recursive: true })
}

async function madeLog(children: Children, history: HistoryFile): Promise<string> {
  const { events, seed, directory, most_ms } = history
  const cache = cacheIn(directory)
  const name = `log-${events}-seed-${seed}-${hashOf('simulate', ...LOG_WRITERS)}`
  const kept = join(cache, name)
  if (existsSync(kept)) return kept
  const file = await madeHistory(children, history)
  process.stdout.write(`making ${name}\n`)
  const draft = join(cache, `draft-${process.pid}-${name}`)
  await runCommand(children, most_ms, ['import', file, '--format', 'rees46', '--data', draft])
  renameSync(join(draft, 'log'), kept)
  rmSync(draft, { recursive: true, force: true })
  return kept
}

function cacheIn(directory: string): string {
  const cache = join(directory, 'cache')
  mkdirSync(cache, { recursive: true })
  return cache
}

/** Of all source files below these folders. */
function hashOf(...folders: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    const root = join(SOURCES, folder)
    for (const file of globSync('**/*.ts', { cwd: root }).sort()) {
      hash.update(readFileSync(join(root, file)))
    }
  }
  return hash.digest('hex').slice(0, 8)
}
