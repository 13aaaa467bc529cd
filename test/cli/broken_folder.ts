/** A data folder with real records and a real database, for tests to break. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { eventRecord, type LogRecord } from '../engine/shop.ts'
import { openWriter } from '../log/lanes.ts'
import { runHere } from './surroundings.ts'

const GROUPS = 12
/** What a test says after these counts more. */
const FLAGS = ['--log-reserve-mb', '0', '--port', '0', '--data']
export const RECORDS = 2 * GROUPS
export const LANE = 'live'

export interface Folder {
  readonly directory: string
  readonly database: string
  /** The segments of the live lane, in order: positions 0 to 5, 6 to 11, 12 to 17, 18 to 23. */
  segments(): readonly string[]
  append(records: readonly LogRecord[]): Promise<void>
  /** Runs a command on the folder. */
  run(...words: readonly string[]): ReturnType<typeof runHere>
  /** What the doctor finds; ports are other programs' matter. */
  doctor(...words: readonly string[]): Promise<readonly Finding[]>
}

export function emptyFolder(t: TestContext): Folder {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-doctor-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const lane = join(directory, 'log', LANE)
  const run = (...words: readonly string[]) =>
    runHere([...words.slice(0, 1), ...FLAGS, directory, ...words.slice(1)])
  return {
    directory,
    database: join(directory, 'engine', 'clickpath.duckdb'),
    segments: () =>
      readdirSync(lane)
        .filter((name) => name.endsWith('.ndjson'))
        .sort()
        .map((name) => join(lane, name)),
    append: async (records) => {
      const writer = await openWriter(directory, LANE, { segment_bytes_max: 1_500 })
      for (let at = 0; at < records.length; at += 2) {
        const group = records.slice(at, at + 2)
        const lines = group.map((record) => `${JSON.stringify(record)}\n`).join('')
        await writer.append(Buffer.from(lines), group.length)
      }
      await writer.close()
    },
    run,
    doctor: async (...words) => JSON.parse((await run('doctor', '--json', ...words)).stdout),
  }
}

/** Twenty-four events in four segments, all of them in the tables. */
export async function openFolder(t: TestContext): Promise<Folder> {
  const folder = emptyFolder(t)
  const names = Array.from({ length: RECORDS }, (_, at) => `event-${100 + at}`)
  await folder.append(names.map((name) => eventRecord(name, '12:00:00')))
  const { code, stderr } = await folder.run('query', 'SELECT 1')
  if (code !== 0) throw new Error(stderr)
  return folder
}
