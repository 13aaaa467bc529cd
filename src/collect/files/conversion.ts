/** How the rows of the table of cells become a segment: in SQL where they are flat events. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { Settings } from '../../std/settings.ts'
import { createPipeline } from '../steps/pipeline.ts'
import type { Step } from '../steps/step.ts'
import { MACROS } from './flat_checks.ts'
import { type FlatColumns, flatColumns, mappedColumns, type NamedCell } from './flat_columns.ts'
import { flatRecords, propertiesOf, rowAsJson } from './flat_records.ts'
import { FILE_FORMATS, type FileFormat, type FileFormatName, type ImportStream } from './formats.ts'
import type { FileHead } from './heads.ts'
import { type MappedCells, mapCells } from './mapping_sql.ts'
import { type ObjectOptions, writeRecords } from './objects.ts'
import { copyToSegment, recordsIn } from './record_columns.ts'
import type { RowIds } from './row_ids.ts'
import type { Scratch } from './scratch.ts'

export interface PartToWrite {
  readonly ids: RowIds
  readonly rows: number
  /** So many records of the part stand in the lane already. */
  readonly skip: number
  /** The file to write; none is written where nothing is left. */
  readonly draft: string
}

export interface WrittenPart {
  /** Records that the part's rows are, those skipped among them. */
  readonly records: number
  readonly others: number
  readonly written: number
}

export interface Conversion {
  /** The text that makes a row what it is. */
  readonly content: string
  write(part: PartToWrite): Promise<WrittenPart>
}

export interface ConversionOptions {
  readonly format: FileFormatName
  readonly stream: ImportStream
  readonly source: string
  /** ISO 8601, UTC. */
  readonly received_at: string
  readonly settings: Settings
  /** The shop's own steps: with any, every row passes them. */
  readonly steps: readonly Step[]
}

/** Cells in the order of their names, so that files with other orders of columns agree. */
function contentOf(cells: readonly NamedCell[]): string {
  const sorted = cells.toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `concat_ws(chr(31), ${sorted.map(([, cell]) => `coalesce(${cell}, '')`).join(', ')})`
}

/** What a row's cells are in our columns, and where they stand. */
interface OwnCells {
  readonly flat: FlatColumns
  readonly cells: readonly NamedCell[]
  relation(ids: RowIds): RowIds
}

function ownCells({ cells, mapping }: FileHead): OwnCells {
  if (!mapping) return { flat: flatColumns(cells), cells, relation: (ids) => ids }
  const mapped: MappedCells = mapCells(mapping, cells)
  const { properties } = mapped
  return {
    flat: mappedColumns(mapped.columns, properties),
    cells:
      properties.size > 0
        ? [...mapped.columns, ['properties', propertiesOf(properties)]]
        : mapped.columns,
    relation: ({ relation, expression }) => ({
      relation: mapped.relation(relation, expression),
      expression,
    }),
  }
}

export async function conversionOf(
  options: ConversionOptions,
  head: FileHead,
  scratch: Scratch,
): Promise<Conversion> {
  const { stream, steps, format, source, received_at, settings } = options
  const described: FileFormat = FILE_FORMATS[format]
  const own = ownCells(head)
  const content = head.cells.length > 0 ? contentOf(head.cells) : 'c0'
  const isFlat = head.cells.length > 0 && stream === 'events' && own.flat.beyond.length === 0
  for (const macro of MACROS) await scratch.run(macro)
  if (!isFlat || steps.length > 0) return { content, write: objectWriter(options, own, scratch) }
  const time = head.mapping ? 'required' : described.time
  const record = { cells: head.cells, flat: own.flat, time, source, received_at, settings }
  // Where the file brings ids, the first of two rows with one id is the one that counts.
  const ordered = own.flat.columns.some(({ column }) => column === 'event_id')
  return {
    content,
    async write({ ids, rows, skip, draft }) {
      if (skip >= rows) return { records: rows, others: 0, written: 0 }
      const copy = copyToSegment(flatRecords(record, own.relation(ids), skip), draft)
      const written = await (ordered ? scratch.run(copy) : scratch.runUnordered(copy))
      return { records: written + skip, others: 0, written }
    },
  }
}

function objectOptions(options: ConversionOptions, own: OwnCells): ObjectOptions {
  const { format, stream, source, received_at, settings, steps } = options
  const { time, reads, says }: FileFormat = FILE_FORMATS[format]
  return {
    stream,
    says,
    time: own.cells.some(([name]) => name === 'client_time') ? 'required' : time,
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
}

function objectWriter(
  options: ConversionOptions,
  own: OwnCells,
  scratch: Scratch,
): Conversion['write'] {
  const objects = objectOptions(options, own)
  const json = own.cells.length > 0 ? rowAsJson(own.cells) : 'c0'
  return async ({ ids, rows, skip, draft }) => {
    // A row is one record, unless its format says several things at once.
    const isPlain = objects.says === undefined
    if (isPlain && skip >= rows) return { records: rows, others: 0, written: 0 }
    const lines = `${draft}.records`
    const { relation, expression } = own.relation(ids)
    const select = `SELECT ${expression}, ${json}, unreadable, trouble FROM ${relation}
      WHERE row_at >= ${isPlain ? skip : 0} ORDER BY row_at`
    const told = await writeRecords(scratch, select, lines, objects)
    const records = isPlain ? told.records + skip : told.records
    const left = isPlain ? 0 : skip
    let written = 0
    if (told.records > left) {
      const rest = `${recordsIn(lines)} OFFSET ${left}`
      written = await scratch.run(copyToSegment(rest, draft))
    }
    await rm(lines)
    return { records, others: told.others, written }
  }
}
