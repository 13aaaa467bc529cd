/**
 * Imports one file: content -> parts -> cells -> records -> Parquet segments of a lane of its own.
 * A part becomes one segment, and the manifest tells how many records the rows before it became, so
 * an import that was killed goes on at the record where it stopped.
 */
import { rm } from 'node:fs/promises'
import { DiskReserve } from '../../log/files/disk_reserve.ts'
import type { Clock } from '../../std/clock.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Step } from '../steps/step.ts'
import { type Identity, identify } from './content.ts'
import { type Conversion, conversionOf, type PartToWrite, type WrittenPart } from './conversion.ts'
import { partsOf } from './file_parts.ts'
import { FILE_FORMATS, type FileFormatName, type ImportStream } from './formats.ts'
import { type FileHead, readHeadOf } from './heads.ts'
import { type Extent, type ImportLane, type ImportProgress, openImportLane } from './import_lane.ts'
import type { Mapping } from './mapping.ts'
import type { FilePart } from './parts.ts'
import { type EventIdMode, idsByRow, Occurrences } from './row_ids.ts'
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
  /** How the columns of a CSV or Parquet file become ours. */
  readonly mapping?: Mapping | undefined
  readonly source: string
  readonly event_id: EventIdMode
  /** The data folder. */
  readonly directory: string
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
  /** Records of this import. */
  readonly records: number
  /** Where they are. */
  readonly extents: readonly Extent[]
  /** How many of them are neither events nor refused: what rows say of customers and visitors. */
  readonly others: number
  /** How many of them an earlier, interrupted run wrote. */
  readonly continued_at: number
  readonly end: 'complete' | 'interrupted'
}

interface Opened {
  readonly options: ImportOptions
  readonly identity: Identity
  readonly head: FileHead
  readonly lane: ImportLane
  readonly scratch: Scratch
}

/** Throws FILE_UNREADABLE, LANE_LOCKED, LOG_FULL (free space, then continue), LOG_FAILED. */
export async function importFile(options: ImportOptions): Promise<ImportedFile> {
  const { file, settings, signal, onProgress } = options
  const onBytes = (bytes: number) =>
    onProgress({ phase: 'checking', bytes, bytes_total: null, rows: 0 })
  const identity = await identify(file, onBytes, signal)
  const head = await readHeadOf(options, identity)
  const lane = await openImportLane({
    directory: options.directory,
    settings,
    clock: options.clock,
    file,
    identity: {
      content: identity.sha256,
      format: options.format,
      stream: options.stream,
      source: options.source,
      event_id: options.event_id,
      ...(options.mapping ? { mapping: JSON.stringify(options.mapping) } : {}),
      // Links of visitors stand at the end of what is taken at once: other parts, other records.
      ...('says' in FILE_FORMATS[options.format] ? { part_rows: `${partRows(settings)}` } : {}),
    },
    received_at: new Date(options.clock.now_ms()).toISOString(),
  })
  try {
    const spill_directory = `${lane.draft()}.spill`
    const scratch = await Scratch.open({ threads: settings.threads, spill_directory })
    try {
      return await convert({ options, identity, head, lane, scratch })
    } finally {
      scratch.close()
      await rm(spill_directory, { recursive: true, force: true })
    }
  } finally {
    await lane.close()
  }
}

function partRows({ batch_records_max }: Settings): number {
  return Math.min(SEGMENT_ROWS_MAX, batch_records_max)
}

async function convert(opened: Opened): Promise<ImportedFile> {
  const { options, identity, lane, scratch, head } = opened
  const { clock, settings, directory } = options
  const continued_at = lane.next_position
  const { received_at } = lane.manifest
  const reserve_mb = settings.log_reserve_mb
  const reserve = new DiskReserve({ directory, reserve_mb, setting: 'log_reserve_mb', clock })
  const conversion = await conversionOf({ ...options, received_at }, head, scratch)
  const occurrences = options.event_id === 'content' ? await Occurrences.open(scratch) : undefined
  // Tricky: by content, ids depend on all rows before, so those are read again, but not written.
  const start = { rows: 0, bytes: head.csv?.bytes ?? 0, records: 0, others: 0 }
  let done: ImportProgress = occurrences || lane.manifest.rows === 0 ? start : lane.manifest
  let end: ImportedFile['end'] = 'complete'
  const rows_max = partRows(settings)
  const draft = () => `${lane.draft()}.part`
  const parts = { ...options, identity, head, from: done, rows_max, draft }
  for await (const part of ahead(partsOf(parts, scratch))) {
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
    const { written, ...told } = await writeSegment(opened, conversion, { ids, rows }, done)
    await part.remove()
    done = addUp(done, { rows, bytes: part.bytes, ...told })
    await lane.progress(done)
    const { bytes: bytes_total } = identity
    options.onProgress({ phase: 'converting', rows: done.rows, bytes: done.bytes, bytes_total })
    if (written > 0) options.onSegment(written)
  }
  if (end === 'complete') await lane.complete(done)
  const { name, number, next_position: records } = lane
  const told = { lane: name, number, received_at, records, extents: await lane.extents() }
  return { ...told, others: done.others, continued_at, end }
}

function addUp(done: ImportProgress, part: ImportProgress): ImportProgress {
  return {
    rows: done.rows + part.rows,
    bytes: done.bytes + part.bytes,
    records: done.records + part.records,
    others: done.others + part.others,
  }
}

async function writeSegment(
  { lane, scratch }: Pick<Opened, 'lane' | 'scratch'>,
  conversion: Conversion,
  { ids, rows }: Pick<PartToWrite, 'ids' | 'rows'>,
  done: ImportProgress,
): Promise<WrittenPart> {
  const skip = Math.max(0, lane.next_position - done.records)
  const draft = lane.draft()
  const told = await conversion.write({ ids, rows, skip, draft })
  const due = Math.max(0, told.records - skip)
  if (told.written !== due) {
    throw new ClickpathError('INTERNAL', `${told.written} of ${due} records were written`)
  }
  if (told.written > 0) await lane.keep(draft, told.written, scratch)
  return told
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
