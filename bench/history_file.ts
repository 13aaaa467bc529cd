/** The file that benches import: a simulated shop, made once per size, seed and simulator. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Children } from './children.ts'
import { runCommand } from './product.ts'

const SIMULATOR = resolve(import.meta.dirname, '../src/simulate')

export interface HistoryFile {
  readonly events: number
  readonly seed: number
  readonly directory: string
  /** After so long the simulator is taken to hang. */
  readonly most_ms: number
}

/** The same simulator writes the same file for the same seed. Returns where it lies. */
export async function madeHistory(
  children: Children,
  { events, seed, directory, most_ms }: HistoryFile,
): Promise<string> {
  const cache = join(directory, 'cache')
  mkdirSync(cache, { recursive: true })
  const name = `rees46-${events}-seed-${seed}-${simulatorHash()}.csv`
  const file = join(cache, name)
  if (existsSync(file)) return file
  process.stdout.write(`making ${name}\n`)
  const draft = join(cache, `draft-${process.pid}-${name}`)
  const words = ['--out', draft, '--events', String(events), '--seed', String(seed), '--json']
  await runCommand(children, most_ms, ['simulate', ...words])
  renameSync(draft, file)
  return file
}

function simulatorHash(): string {
  const hash = createHash('sha256')
  for (const file of globSync('**/*.ts', { cwd: SIMULATOR }).sort()) {
    hash.update(readFileSync(join(SIMULATOR, file)))
  }
  return hash.digest('hex').slice(0, 8)
}
