/** Writes simulated rows as a REES46 file, plain or gzip by its name, in constant memory. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { REES46_COLUMNS } from './format.ts'
import type { Rees46History } from './history.ts'

const CHUNK_ROWS = 4_000

export interface WritePlan {
  /** Overwritten when it is there. */
  readonly file: string
  readonly rows: number
  /** On abort the file ends with a whole row. */
  readonly signal: AbortSignal
  onProgress(rowsWritten: number): void
}

/** Answers how many rows stand in the file. Throws FILE_UNWRITABLE. */
export async function writeRees46(history: Rees46History, plan: WritePlan): Promise<number> {
  let written = 0
  function* chunks(): Generator<Buffer> {
    yield Buffer.from(`${REES46_COLUMNS.join(',')}\n`, 'latin1')
    while (written < plan.rows && !plan.signal.aborted) {
      const count = Math.min(CHUNK_ROWS, plan.rows - written)
      yield Buffer.from(history.rows(count), 'latin1')
      written += count
      plan.onProgress(written)
    }
  }
  const source = Readable.from(chunks(), { objectMode: true, highWaterMark: 4 })
  const target = createWriteStream(plan.file, { highWaterMark: 4_000_000 })
  try {
    if (plan.file.endsWith('.gz')) await pipeline(source, createGzip({ level: 1 }), target)
    else await pipeline(source, target)
  } catch (thrown) {
    throw new ClickpathError('FILE_UNWRITABLE', plan.file, messageOf(thrown))
  }
  return written
}
