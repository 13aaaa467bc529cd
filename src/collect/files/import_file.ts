/**
 * Imports one file: content -> parts -> cells -> records -> Parquet segments of a lane of its own.
 * Every row becomes exactly one record, so the lane's position tells how many rows are done, and an
 * import that was killed goes on at the row where it stopped.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { DiskReserve } from '../../log/files/disk_reserve.ts'
import type { Clock } from '../../std/clock.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import { createPipeline } from '../steps/pipeline.ts'
import type { Step } from '../steps/step.ts'
import { type Identity, identify } from './content.ts'
import type { CsvHead } from './csv_rows.ts'
import { MACROS } from './flat_checks.ts'
import { flatColumns, type NamedCell, namedCells } from './flat_columns.ts'
import { flatRecords, rowAsJson } from './flat_records.ts'
import {
  checkHeader,
  columnNames,
  FILE_FORMATS,
  type FileFormat,
  type FileFormatName,
  type ImportStream,
} from './formats.ts'
import { type ImportLane, type ImportProgress, openImportLane } from './import_lane.ts'
import { type ObjectOptions, writeRecords } from './objects.ts'
import { csvParts, type FilePart, headOf, lineParts, parquetParts } from './parts.ts'
import { copyToSegment, recordsIn } from './record_columns.ts'
import { type EventIdMode, idsByRow, Occurrences, type RowIds } from './row_ids.ts'
import { Scratch } from './scratch.ts'

/** Rows of a segment at most; two of them make a batch of the engine. */
const SEGMENT_ROWS_MAX = 250_000

export interface FileProgress {
  readonly phase: 'checking' | 'converting'
  readonly bytes: number
  /** Null while it is not known. */
  readonly bytes_total: number | null
  readonly rows: number
}

export interface ImportOptions {
  readonly file: string
  readonly format: FileFormatName
  readonly stream: ImportStream
  readonly source: string
  readonly event_id: EventIdMode
  /** The log's directory. */
  readonly log_directory: string
  readonly settings: Settings
  /** The shop's own steps: with any, every row passes them. */
  readonly steps: readonly Step[]
  readonly clock: Clock
  /** On abort the import ends after the part at hand; the same import again continues it. */
  readonly signal: AbortSignal
  onProgress(progress: FileProgress): void
  /** A further segment is durable. */
  onSegment(records: number): void
}

export interface ImportedFile {
  readonly lane: string
  /** Which import of this file it is, from 1. */
  readonly number: number
  /** ISO 8601, UTC: stands in every record of this import and in no other. */
  readonly received_at: string
  /** Records in the lane. */
  readonly records: number
  /** How many of them an earlier, interrupted run wrote. */
  readonly continued_at: number
  readonly end: 'complete' | 'interrupted'
}

/** How the rows of the table of cells become a segment. */
interface Conversion {
  /** The text that makes a row what it is. */
  readonly content: string
  write(ids: RowIds, first_row: number, draft: string): Promise<number>
}

interface Opened {
  readonly options: ImportOptions
  readonly identity: Identity
  readonly head: CsvHead | undefined
  readonly lane: ImportLane
  readonly scratch: Scratch
}

/** Throws FILE_UNREADABLE, LANE_LOCKED, LOG_FULL (free space, then continue), LOG_FAILED. */
export async function importFile(options: ImportOptions): Promise<ImportedFile> {
  const { file, settings, signal, onProgress } = options
  const format: FileFormat = FILE_FORMATS[options.format]
  const onBytes = (bytes: number) =>
    onProgress({ phase: 'checking', bytes, bytes_total: null, rows: 0 })
  const identity = await identify(file, onBytes, signal)
  const head = format.reads === 'csv' ? await namedHead(options, identity) : undefined
  const lane = await openImportLane({
    directory: options.log_directory,
    file,
    identity: {
      content: identity.sha256,
      format: options.format,
      stream: options.stream,
      source: options.source,
      event_id: options.event_id,
    },
    received_at: new Date(options.clock.now_ms()).toISOString(),
  })
  try {
    const spill_directory = `${lane.lane.draft()}.spill`
    const scratch = await Scratch.open({ threads: settings.threads, spill_directory })
    try {
      return await convert({ options, identity, head, lane, scratch })
    } finally {
      scratch.close()
      await rm(spill_directory, { recursive: true, force: true })
    }
  } finally {
    await lane.lane.close()
  }
}

async function namedHead(options: ImportOptions, identity: Identity): Promise<CsvHead> {
  const { file, format, stream } = options
  const head = await headOf(file, identity.packing)
  const names = columnNames(stream, head.names)
  checkHeader(file, FILE_FORMATS[format], stream, names)
  return { ...head, names }
}

async function convert(opened: Opened): Promise<ImportedFile> {
  const { options, identity, lane, scratch } = opened
  const { clock, settings, log_directory: directory } = options
  const continued_at = lane.lane.next_position
  const reserve = new DiskReserve({ directory, log_reserve_mb: settings.log_reserve_mb, clock })
  const conversion = await conversionOf(opened)
  const occurrences = options.event_id === 'content' ? await Occurrences.open(scratch) : undefined
  // Tricky: by content, ids depend on all rows before, so those are read again, but not written.
  const start = { rows: 0, bytes: opened.head?.bytes ?? 0 }
  let done: ImportProgress = occurrences || lane.manifest.rows === 0 ? start : lane.manifest
  let end: ImportedFile['end'] = 'complete'
  for await (const part of ahead(partsOf(opened, done))) {
    if (options.signal.aborted) {
      end = 'interrupted'
      await part.remove()
      break
    }
    const shortage = reserve.shortage()
    if (shortage !== null) throw new ClickpathError('LOG_FULL', shortage)
    const rows = await part.load(scratch)
    const ids = occurrences
      ? await occurrences.ids(conversion.content)
      : idsByRow(identity.sha256, done.rows)
    const first = Math.max(0, lane.lane.next_position - done.rows)
    if (first < rows) await writeSegment(lane, conversion, ids, first, rows)
    await part.remove()
    done = { rows: done.rows + rows, bytes: done.bytes + part.bytes }
    await lane.progress(done)
    const { bytes: bytes_total } = identity
    options.onProgress({ phase: 'converting', ...done, bytes_total })
    if (first < rows) options.onSegment(rows - first)
  }
  if (end === 'complete') await lane.complete(done)
  const { received_at } = lane.manifest
  const records = lane.lane.next_position
  return { lane: lane.lane.lane, number: lane.number, received_at, records, continued_at, end }
}

async function writeSegment(
  { lane }: ImportLane,
  conversion: Conversion,
  ids: RowIds,
  first: number,
  rows: number,
): Promise<void> {
  const draft = lane.draft()
  const written = await conversion.write(ids, first, draft)
  if (written !== rows - first) {
    throw new ClickpathError('INTERNAL', `${written} of ${rows - first} rows were converted`)
  }
  await lane.add(draft, written)
}

function partsOf({ options, identity, head, lane, scratch }: Opened, from: ImportProgress) {
  const { file, format, settings } = options
  const rows_max = Math.min(SEGMENT_ROWS_MAX, settings.batch_records_max)
  const draft = () => `${lane.lane.draft()}.part`
  const parts = { file, identity, from, rows_max, draft }
  if (!head) {
    return FILE_FORMATS[format].reads === 'lines' ? lineParts(parts) : parquetParts(parts, scratch)
  }
  const { isWhole }: FileFormat = FILE_FORMATS[format]
  const last = isWhole?.[head.names.at(-1) ?? '']
  return csvParts(parts, { head, raw_bytes_max: settings.event_bytes_max, isWhole: last })
}

/** Makes the next one while the one at hand is worked on. */
async function* ahead(parts: AsyncGenerator<FilePart>): AsyncGenerator<FilePart> {
  let next = parts.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = parts.next()
      // Looked at only when its turn comes; until then its failure is nobody's.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await next.catch(() => undefined)
    await parts.return(undefined)
  }
}

/** Cells in the order of their names, so that files with other orders of columns agree. */
function contentOf(cells: readonly NamedCell[]): string {
  const sorted = cells.toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `concat_ws(chr(31), ${sorted.map(([, cell]) => `coalesce(${cell}, '')`).join(', ')})`
}

async function conversionOf(opened: Opened): Promise<Conversion> {
  const { options, head, scratch } = opened
  const cells = head ? namedCells(head.names) : []
  const content = head ? contentOf(cells) : 'c0'
  const isFlat = head && options.stream === 'events' && flatColumns(cells).beyond.length === 0
  if (!isFlat || options.steps.length > 0) return { content, write: objectWriter(opened, cells) }
  for (const macro of MACROS) await scratch.run(macro)
  const { source, settings, format } = options
  const { received_at } = opened.lane.manifest
  const record = { cells, time: FILE_FORMATS[format].time, source, received_at, settings }
  // Where the file brings ids, the first of two rows with one id is the one that counts.
  const ordered = cells.some(([name]) => name === 'event_id')
  return {
    content,
    write: (ids, first_row, draft) => {
      const copy = copyToSegment(flatRecords(record, ids, first_row), draft)
      return ordered ? scratch.run(copy) : scratch.runUnordered(copy)
    },
  }
}

function objectWriter(opened: Opened, cells: readonly NamedCell[]): Conversion['write'] {
  const { options, lane, scratch } = opened
  const { source, settings, steps, stream } = options
  const { time, reads } = FILE_FORMATS[options.format]
  const { received_at } = lane.manifest
  const objects: ObjectOptions = {
    stream,
    time,
    pipeline: createPipeline(steps),
    context: {
      source,
      origin: 'import',
      received_at,
      received_ms: Date.parse(received_at),
      sent_ms: undefined,
      escapes: 'some',
      settings,
      random: randomBytes,
    },
    nulls: reads === 'lines' ? 'kept' : 'absent',
  }
  const json = cells.length > 0 ? rowAsJson(cells) : 'c0'
  return async (ids, first_row, draft) => {
    const lines = `${draft}.records`
    const select = `SELECT ${ids.expression}, ${json}, unreadable, trouble FROM ${ids.relation}
      WHERE row_at >= ${first_row} ORDER BY row_at`
    await writeRecords(scratch, select, lines, objects)
    const written = await scratch.run(copyToSegment(recordsIn(lines), draft))
    await rm(lines)
    return written
  }
}
