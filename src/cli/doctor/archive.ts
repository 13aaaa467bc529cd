/** Stored events that were archived, read whole; the log's archive is looked at with the log. */
import { join } from 'node:path'
import { damagedEventFiles } from '../../engine/duckdb/event_files.ts'
import { type Check, ok, problem } from './finding.ts'

export const checkEventFiles: Check = async ({ directory }) => {
  const damaged = await damagedEventFiles(join(directory, 'archive', 'events'))
  if (damaged.length === 0) return [ok('archive', 'every file of stored events is whole')]
  const cure = 'Run `clickpath rebuild`: they are made anew from the log, and nothing is lost.'
  return damaged.map((file) =>
    problem('archive', `${file} is damaged: its checksum differs.`, cure),
  )
}
