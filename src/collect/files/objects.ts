/**
 * Rows as objects, through the very code that HTTP's own format runs: for NDJSON and Parquet, for
 * dimensions, and for flat files where the shop has steps of its own, which are JavaScript.
 */
import { open } from 'node:fs/promises'
import type { CanonicalEvent } from '../../model/record.ts'
import type { EventFormat, Format } from '../formats/format.ts'
import { UnreadableLine } from '../formats/json_body.ts'
import { native } from '../formats/native.ts'
import { rates } from '../formats/rates.ts'
import { customers, products } from '../formats/rows.ts'
import type { Pipeline } from '../steps/pipeline.ts'
import { Dropped, invalid, type StepContext } from '../steps/step.ts'
import { take } from '../take.ts'
import { redundantNames } from './flat_columns.ts'
import type { ImportStream } from './formats.ts'
import { ROW_FORMATS, type RowFormatName } from './row_formats.ts'
import type { Scratch } from './scratch.ts'

export interface ObjectOptions {
  readonly stream: ImportStream
  /** Whose rows these are, if not ours. */
  readonly says: RowFormatName | undefined
  readonly time: 'required' | 'optional'
  readonly pipeline: Pipeline
  readonly context: StepContext
  /** Tables have a place for every column in every row: an empty one says nothing. */
  readonly nulls: 'absent' | 'kept'
}

function importedEvents(time: ObjectOptions['time']): EventFormat {
  return {
    ...native,
    event(value) {
      const read = native.event(value)
      if (read instanceof Dropped) return read
      const event: CanonicalEvent = read
      if (time === 'required' && event.client_time === undefined) {
        return invalid('missing_field', 'the time is missing')
      }
      return event
    },
  }
}

/** Whose HTTP format reads the rows of a stream beside events. */
const ROWS_OF = { products, customers, rates } as const

function formatOf({ stream, time, says }: ObjectOptions): Format {
  if (says) return ROW_FORMATS[says].format
  if (stream === 'events') return importedEvents(time)
  return ROWS_OF[stream]
}

type Sent = Record<string, unknown>

/** Cells that hold JSON; what is none stays the text it is, and is refused for that. */
function openNested(object: Sent): void {
  for (const name of ['items', 'properties']) {
    const text = object[name]
    if (typeof text !== 'string') continue
    try {
      object[name] = JSON.parse(text)
    } catch {
      // Not JSON: the format says so.
    }
  }
}

function sentObject(json: string, event_id: string, options: ObjectOptions): unknown {
  const { stream, nulls, says } = options
  const row = says === undefined ? undefined : ROW_FORMATS[says]
  let value: unknown
  try {
    value = row ? row.open(json) : JSON.parse(json)
  } catch (mistake) {
    return new UnreadableLine(`the line is no JSON: ${(mistake as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const object = value as Sent
  if (row) {
    object[row.id] ||= event_id
    return object
  }
  if (nulls === 'absent') {
    for (const name of Object.keys(object)) if (object[name] === null) delete object[name]
    openNested(object)
  }
  if (stream !== 'events') return object
  for (const name of redundantNames(Object.keys(object))) delete object[name]
  object.event_id ||= event_id
  return object
}

/** A row that could not even be divided into cells. */
function unreadableLine(raw: string, detail: string, { context }: ObjectOptions): string {
  const { source, received_at } = context
  const record = { record: 'invalid', source, received_at, reason: 'unreadable_row', detail, raw }
  return `${JSON.stringify(record).replaceAll('\\u0000', '\ufffd')}\n`
}

export interface WrittenRecords {
  readonly records: number
  /** How many of them are neither events nor refused. */
  readonly others: number
}

const OTHERS = /^\{"record":"(?!event"|invalid"|filtered")/gm

/**
 * Writes the records of the rows to a file, a line each, in their order. `select` answers
 * event_id, the row as JSON, `unreadable` and `trouble`.
 */
export async function writeRecords(
  scratch: Scratch,
  select: string,
  file: string,
  options: ObjectOptions,
): Promise<WrittenRecords> {
  const format = formatOf(options)
  let records = 0
  let others = 0
  const out = await open(file, 'w')
  try {
    for await (const some of scratch.texts(select)) {
      let readable: { value: unknown; json: string }[] = []
      const flush = async () => {
        const rows = readable
        const parts = {
          values: readable.map(({ value }) => value),
          raw: (index: number) => rows[index]?.json ?? '',
        }
        readable = []
        if (parts.values.length === 0) return
        const taken = take(format, parts, options.pipeline, options.context)
        records += taken.count
        if (options.says) others += taken.lines.toString().match(OTHERS)?.length ?? 0
        await out.writeFile(taken.lines)
      }
      for (const [event_id, json, unreadable, trouble] of some) {
        if (unreadable === null || unreadable === undefined) {
          const text = json ?? ''
          readable.push({ value: sentObject(text, event_id ?? '', options), json: text })
        } else {
          await flush()
          records++
          await out.writeFile(unreadableLine(unreadable, trouble ?? '', options))
        }
      }
      await flush()
    }
  } finally {
    await out.close()
  }
  return { records, others }
}
