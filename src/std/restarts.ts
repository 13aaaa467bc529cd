/**
 * How often the supervisor had to start a child again: DIR/run/restarts.json, written whole at its
 * start and at each loss, for those who tell operators.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Restarts {
  readonly count: number
  /** ISO 8601, UTC; null while there was none. */
  readonly last_at: string | null
  /** How the last one ended: `was ended by SIGKILL`. */
  readonly last_reason: string | null
}

export const NO_RESTARTS: Restarts = Object.freeze({ count: 0, last_at: null, last_reason: null })

const fileOf = (directory: string) => join(directory, 'run', 'restarts.json')

/** By role; empty where nobody supervises. */
export function readRestarts(directory: string): Readonly<Record<string, Restarts>> {
  try {
    return JSON.parse(readFileSync(fileOf(directory), 'utf8')) as Record<string, Restarts>
  } catch {
    return {}
  }
}

/** Tells nobody of a failure: a full disk must not keep a child from being started again. */
export function writeRestarts(directory: string, restarts: Readonly<Record<string, Restarts>>) {
  const file = fileOf(directory)
  try {
    mkdirSync(join(directory, 'run'), { recursive: true })
    writeFileSync(`${file}.new`, `${JSON.stringify(restarts)}\n`)
    renameSync(`${file}.new`, file)
  } catch {
    // The log line of the loss is there all the same.
  }
}
