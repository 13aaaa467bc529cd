/**
 * Records that were lost to damage and given up: said once by somebody who read what the doctor
 * found, kept beside the segments, and passed over by every reader from then on. The name tells all
 * that a reader must know, as with segments:
 *
 *   DIR/log/LANE/given-up-FROM-TO.json     {"lane","segment","from","to","records","reason","at"}
 *
 * The damaged segment stays as it is. If it is ever whole again (from a backup), removing this file
 * and `clickpath rebuild` bring its records back.
 */
import { join } from 'node:path'
import { type FileSystem, writeAll } from './file_system.ts'
import { givenUpName, type Range } from './segment_name.ts'

export interface GivenUp extends Range {
  readonly lane: string
  readonly segment: string
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** The range that holds a position. */
export function givenUpAt(ranges: readonly Range[], position: number): Range | undefined {
  return ranges.find(({ from, to }) => from <= position && position < to)
}

/** Durable when it resolves: a restart never forgets what was given up. */
export async function giveUp(files: FileSystem, directory: string, what: GivenUp): Promise<void> {
  const name = givenUpName(what)
  const draft = join(directory, `being-${name}`)
  const { lane, segment, from, to, reason, at } = what
  const told = { lane, segment, from, to, records: to - from, reason, at }
  const file = await files.open(draft, 'empty')
  try {
    await writeAll(file, Buffer.from(`${JSON.stringify(told)}\n`), 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(draft, join(directory, name))
  await files.syncDirectory(directory)
}
