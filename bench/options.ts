/** What the benches are told on the command line: `npm run bench:collect -- --seconds 5`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Children } from './children.ts'

export interface Asked<Name extends string> {
  readonly numbers: Readonly<Record<Name, number>>
  /** `full` when every number is the bench's own. */
  readonly size: 'full' | 'short'
  readonly history: 'kept' | 'not kept'
  /** Where data folders and files are made; its disk is the one that is measured. */
  readonly directory: string
  /** Rests of a bench of many stages; see `Rests`. */
  readonly pause_s: number
}

/** Every option is a number with a default, but `--dir`, `--pause` and `--no-history`. */
export function readOptions<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
): Asked<Name> {
  const names = Object.keys(defaults) as Name[]
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      dir: { type: 'string' },
      pause: { type: 'string' },
      'no-history': { type: 'boolean' },
    },
  })
  const given = values as Readonly<Record<string, string | boolean | undefined>>
  const numbers = Object.fromEntries(
    names.map((name) => [name, numberOf(name, given[name], defaults[name])]),
  ) as Record<Name, number>
  const size = names.every((name) => numbers[name] === defaults[name]) ? 'full' : 'short'
  const directory = typeof given.dir === 'string' ? given.dir : join(tmpdir(), 'clickpath-bench')
  mkdirSync(directory, { recursive: true })
  const pause_s = numberOf('pause', given.pause, 0)
  const history = given['no-history'] ? 'not kept' : 'kept'
  return { numbers, size, history, directory, pause_s }
}

function numberOf(name: string, text: unknown, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(String(text).replaceAll('_', ''))
  if (value >= 0 && text !== '') return value
  throw new Error(`--${name} ${text}: it must be a number`)
}

/** A new data folder for `work`; afterwards it is gone, and before it whatever still runs. */
export async function withFolder<T>(
  children: Children,
  directory: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(directory, 'run-'))
  const remove = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  // Ctrl-C ends the process in the middle of the work.
  process.once('exit', remove)
  try {
    return await work(folder)
  } finally {
    await children.stopAll()
    process.off('exit', remove)
    remove()
  }
}
