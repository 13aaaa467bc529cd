/**
 * What an import would make of the first rows of a file. It runs the very code of the import on the
 * first part and writes to a folder that is gone afterwards: no log, no lane, no table.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isoTime, quoteText } from '../../std/duckdb.ts'
import { identify } from './content.ts'
import { conversionOf } from './conversion.ts'
import { partsOf } from './file_parts.ts'
import { type FileHead, readHeadOf } from './heads.ts'
import type { ImportOptions } from './import_file.ts'
import { idsByRow, Occurrences } from './row_ids.ts'
import { Scratch } from './scratch.ts'

/** Rows that are looked at; a part may hold some more or fewer, since it is cut by bytes. */
const PREVIEW_ROWS = 1_000
const SHOWN_ROWS = 10

export type PreviewRecord = Readonly<Record<string, unknown>>

export interface PreviewReason {
  readonly kind: string
  readonly reason: string
  readonly count: number
  /** What was wrong with one of them, and what stood there. */
  readonly detail: string
  readonly raw: string
}

export interface Preview {
  /** How many rows were looked at. */
  readonly rows: number
  /** What they would become: `event`, `invalid`, `customers`, ... */
  readonly records: Readonly<Record<string, number>>
  /** The first ones, with the columns that they have. */
  readonly first: readonly PreviewRecord[]
  readonly reasons: readonly PreviewReason[]
}

type PreviewOptions = Omit<ImportOptions, 'onProgress' | 'onSegment' | 'directory'>

/** Throws FILE_UNREADABLE, MAPPING_INVALID. */
export async function previewFile(options: PreviewOptions): Promise<Preview> {
  const folder = await mkdtemp(join(tmpdir(), 'clickpath-preview-'))
  const scratch = await Scratch.open({ threads: 1, spill_directory: join(folder, 'spill') })
  try {
    return await preview(options, scratch, folder)
  } finally {
    scratch.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function preview(options: PreviewOptions, scratch: Scratch, folder: string) {
  const identity = await identify(options.file, () => {}, options.signal)
  const head: FileHead = await readHeadOf(options, identity)
  const received_at = new Date(options.clock.now_ms()).toISOString()
  const conversion = await conversionOf({ ...options, received_at }, head, scratch)
  const from = { rows: 0, bytes: head.csv?.bytes ?? 0 }
  let drafts = 0
  const draft = () => join(folder, `part-${drafts++}`)
  const parts = partsOf(
    { ...options, identity, head, from, rows_max: PREVIEW_ROWS, draft },
    scratch,
  )
  const { value: part } = await parts.next()
  if (!part) return { rows: 0, records: {}, first: [], reasons: [] }
  const rows = await part.load(scratch)
  const ids =
    options.event_id === 'content'
      ? await (await Occurrences.open(scratch)).ids(conversion.content)
      : idsByRow(identity.sha256, 0)
  const written = draft()
  await conversion.write({ ids, rows, skip: 0, draft: written })
  await parts.return(undefined)
  return { rows, ...(await readPreview(scratch, written)) }
}

async function readPreview(scratch: Scratch, file: string): Promise<Omit<Preview, 'rows'>> {
  const from = `read_parquet(${quoteText(file)})`
  const told = await textsOf(scratch, `SELECT record, count(*)::VARCHAR FROM ${from} GROUP BY 1`)
  // Tricky: the alias must be the name of no column, else DuckDB takes that column for the whole.
  const first = await textsOf(
    scratch,
    `SELECT CAST(to_json(whole_record) AS VARCHAR) FROM (SELECT * FROM ${from} LIMIT ${SHOWN_ROWS}) AS whole_record`,
  )
  const reasons = await textsOf(
    scratch,
    `SELECT record, reason, count(*)::VARCHAR, first(detail), first(raw)
      FROM ${from} WHERE reason IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC, reason`,
  )
  return {
    records: Object.fromEntries(told.map(([record, count]) => [record ?? '', Number(count)])),
    first: first.map(([json]) => shownRecord(JSON.parse(json ?? '{}'))),
    reasons: reasons.map(([kind, reason, count, detail, raw]) => ({
      kind: kind ?? '',
      reason: reason ?? '',
      count: Number(count),
      detail: detail ?? '',
      raw: raw ?? '',
    })),
  }
}

async function textsOf(scratch: Scratch, select: string) {
  const all: (readonly (string | null)[])[] = []
  for await (const rows of scratch.texts(select)) all.push(...rows)
  return all
}

/** Without what is absent and what every row of an import has alike. */
function shownRecord(record: object): PreviewRecord {
  const shown = Object.entries(record)
    .filter(([name, value]) => value !== null && name !== 'received_at' && name !== 'origin')
    .map(([name, value]) => [name, name.endsWith('_time') ? isoTime(String(value)) : value])
  return Object.fromEntries(shown)
}
