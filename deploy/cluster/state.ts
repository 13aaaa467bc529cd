/** What was started in a run folder: `state.json`, replaced as a whole, read by everybody. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterOptions } from './options.ts'
import { madeFolder, type RunFolder } from './part.ts'
import type { Process } from './processes.ts'

export interface StartedPart extends Process {
  readonly version: string
  /** ISO 8601, UTC. */
  readonly since: string
}

export interface State {
  readonly options: ClusterOptions
  /** By the part's name; some may have ended since. */
  readonly parts: Readonly<Record<string, StartedPart>>
}

const fileOf = (folder: RunFolder): string => join(folder.path, 'state.json')

/** Null where no cluster was started. */
export function readState(folder: RunFolder): State | null {
  const file = fileOf(folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : null
}

export function writeState(folder: RunFolder, state: State): void {
  madeFolder(folder.path)
  const file = fileOf(folder)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}
