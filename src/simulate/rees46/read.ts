/**
 * Reads a REES46 file as a stream, plain or gzip, in constant memory. Columns are found by name, so
 * an extra index column does no harm. Rows that cannot be read are left out and counted, never
 * guessed; a file that was cut off gives all the rows before the cut.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import {
  REES46_COLUMNS,
  type Rees46Column,
  type Rees46Row,
  rees46TimeOf,
  splitLine,
} from './format.ts'

/** A line longer than this is no row: the file is something else. */
const LINE_CHARACTERS_MAX = 65_536
const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface NumberedRow {
  /** 1 for the first row under the header; unreadable rows count, so numbers stay what they are. */
  readonly number: number
  readonly time_ms: number
  readonly row: Rees46Row
}

export class Rees46File {
  readonly #file: string
  #positions: readonly (readonly [Rees46Column, number])[] | undefined
  #number = 0
  unreadable = 0
  /** What was wrong with the first row that could not be read. */
  firstTrouble: string | undefined
  /** Whether the file was read to its end, and whether that end is a cut one. */
  end: 'not reached' | 'whole' | 'cut' = 'not reached'

  constructor(file: string) {
    this.#file = file
  }

  /** All readable rows in file order. Throws FILE_UNREADABLE where this is no REES46 file. */
  async *rows(): AsyncGenerator<NumberedRow> {
    let rest = ''
    try {
      for await (const chunk of await openText(this.#file)) {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() as string
        if (rest.length > LINE_CHARACTERS_MAX)
          throw new Error('a line has more than 65,536 letters')
        for (const line of lines) {
          const row = this.#read(line)
          if (row) yield row
        }
      }
    } catch (thrown) {
      if (thrown instanceof ClickpathError) throw thrown
      throw new ClickpathError('FILE_UNREADABLE', this.#file, messageOf(thrown))
    }
    const last = this.#readLast(rest)
    if (last) yield last
    if (!this.#positions) throw new ClickpathError('FILE_UNREADABLE', this.#file, 'it is empty')
  }

  /** Tricky: what follows the last line break is a whole row only if its last cell is whole. */
  #readLast(line: string): NumberedRow | undefined {
    this.end = 'whole'
    if (line.trim() === '') return undefined
    const unreadable = this.unreadable
    const last = this.#read(line)
    if (last && SESSION.test(last.row.user_session)) return last
    if (!last && this.unreadable === unreadable) return undefined
    this.end = 'cut'
    this.unreadable = unreadable
    return undefined
  }

  #read(text: string): NumberedRow | undefined {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text
    if (line === '') return undefined
    const cells = splitLine(line)
    if (!this.#positions) {
      this.#positions = positionsOf(cells, this.#file)
      return undefined
    }
    this.#number++
    const row = {} as Record<Rees46Column, string>
    for (const [column, position] of this.#positions) row[column] = cells[position] ?? ''
    const time_ms = rees46TimeOf(row.event_time)
    if (cells.length > Math.max(...this.#positions.map(([, position]) => position))) {
      if (!Number.isNaN(time_ms)) return { number: this.#number, time_ms, row }
    }
    this.unreadable++
    this.firstTrouble ??= `row ${this.#number} reads "${line.slice(0, 80)}"`
    return undefined
  }
}

function positionsOf(header: readonly string[], file: string): readonly [Rees46Column, number][] {
  const names = header.map((name) => name.trim().replace(/^\ufeff/, ''))
  const missing = REES46_COLUMNS.filter((column) => !names.includes(column))
  if (missing.length > 0) {
    throw new ClickpathError('FILE_UNREADABLE', file, `it has no column ${missing.join(', ')}`)
  }
  return REES46_COLUMNS.map((column) => [column, names.indexOf(column)])
}

/** The text of a plain or gzip file. The first two bytes tell, not the name. */
async function openText(file: string): Promise<Readable> {
  const handle = await open(file).catch((thrown: unknown) => {
    throw new ClickpathError('FILE_UNREADABLE', file, messageOf(thrown))
  })
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
  await handle.close()
  const bytes = createReadStream(file, { highWaterMark: 262_144 })
  if (buffer[0] !== 0x1f || buffer[1] !== 0x8b) return bytes.setEncoding('utf8')
  // Tricky: with a sync flush at the end, a cut archive gives what it has instead of an error.
  const inflated = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 262_144 })
  bytes.on('error', (error) => inflated.destroy(error))
  inflated.on('close', () => bytes.destroy())
  return bytes.pipe(inflated).setEncoding('utf8')
}
