/**
 * The named points at which a process is killed, and how a test asks for one: a file in a folder,
 * named as the point. The process that comes there next removes it and ends (see doom.ts).
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export const KILL_POINTS = {
  'before the sync': 'a group of events is in its segment, in part or whole; nothing is synced',
  'after the append': 'the events are durable; no reader may see them and nobody was answered',
  'mid-batch': 'some statements of a batch have run in its transaction',
  'mid-commit': "the batch's COMMIT has begun",
  'after the commit': 'the batch is committed; the process has not been told of its offsets',
  'mid-compaction': 'some statements of a compaction have run in its transaction',
  'mid-rebuild': 'some statements that compute a table anew have run in their transaction',
  'mid-archive': 'a segment of the log, or a day of stored events, is moving to the archive',
  'mid-import': 'a segment of an import is being made durable, named or marked',
} as const

export type KillPoint = keyof typeof KILL_POINTS

export interface Doom {
  /** How often the point is passed before. */
  readonly let_pass: number
  /** How much of the work at the point is done first, from 0 to 1. */
  readonly share: number
}

/** Where dooms of a data folder lie; its processes are told by their environment. */
export const doomFolder = (data: string): string => join(data, 'dooms')
const FOLDER_VARIABLE = 'CLICKPATH_TEST_DOOMS'

/** The environment of a process that can be doomed. */
export function doomedEnvironment(data: string): Readonly<Record<string, string>> {
  mkdirSync(doomFolder(data), { recursive: true })
  const preload = pathToFileURL(join(import.meta.dirname, 'doom.ts')).href
  return { [FOLDER_VARIABLE]: doomFolder(data), NODE_OPTIONS: `--import=${preload}` }
}

/** Of the process that this is. */
export const ownDooms = (): string => process.env[FOLDER_VARIABLE] ?? ''

const fileOf = (folder: string, point: KillPoint) => join(folder, point.replaceAll(' ', '-'))

/** Whoever comes to the point next dies there. */
export function arm(folder: string, point: KillPoint, doom: Doom): void {
  const file = fileOf(folder, point)
  // Whole at once: the process may look at any moment.
  writeFileSync(`${file}.new`, JSON.stringify(doom))
  renameSync(`${file}.new`, file)
}

/** The doom that waits at a point; null where none does. */
export function armed(folder: string, point: KillPoint): Doom | null {
  try {
    return JSON.parse(readFileSync(fileOf(folder, point), 'utf8')) as Doom
  } catch {
    return null
  }
}

export function disarm(folder: string, point: KillPoint): void {
  rmSync(fileOf(folder, point), { force: true })
}
