/**
 * An import whose records go to a topic. They are lines of JSON there, by visitor as live ones, so
 * a partition has them in the order of the file. The manifest remembers where the topic stood when
 * the last part was complete; what a killed import has sent since is known by the time at which it
 * was received, which stands in each of its records and in no other, and is not sent again.
 */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LaneWriter, Log, Offsets } from '../../log/contract.ts'
import { partitionOf } from '../../log/kafka/murmur2.ts'
import { openLog, openWriter } from '../../log/open_log.ts'
import type { Clock } from '../../std/clock.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Extent, ImportTarget, Manifest } from './import_lane.ts'
import type { Scratch } from './scratch.ts'

export interface ImportTopicOptions {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
  readonly clock: Clock
}

/** Appends that are under way at once. */
const APPENDS_MAX = 4
const LIMITS = { records_max: 100_000, bytes_max: 64_000_000 }

/** A topic that is opened for an import. */
export class ImportTopic {
  /** Kafka's own id of it. */
  readonly id: string
  readonly #log: Log
  readonly #writer: LaneWriter

  private constructor(id: string, log: Log, writer: LaneWriter) {
    this.id = id
    this.#log = log
    this.#writer = writer
  }

  /** Throws `LOG_FULL` while Kafka does not answer. */
  static async open(options: ImportTopicOptions): Promise<ImportTopic> {
    const writer = await openWriter(options, 'import')
    const spool = join(options.directory, 'run', `import-${process.pid}`)
    const log = await openLog(options, spool)
    try {
      const refusal = writer.refusal()
      if (refusal !== null) throw new ClickpathError('LOG_FULL', refusal)
      const [lane] = await log.lanes()
      return new ImportTopic(lane?.writersBefore(1) ?? '', log, writer)
    } catch (thrown) {
      await writer.close()
      await log.close()
      throw thrown
    }
  }

  /** Goes on where the manifest says that an import has come to. */
  async begin(manifest: Manifest): Promise<ImportTarget> {
    const ends = await endsOf(this.#log)
    const from = manifest.offsets ? new Map(Object.entries(manifest.offsets)) : ends
    const sent = await sentSince(this.#log, from, ends, manifest.received_at)
    return new TopicTarget({ log: this.#log, writer: this.#writer, manifest, from, sent })
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.#log.close()
  }
}

async function endsOf(log: Log): Promise<Offsets> {
  return new Map((await log.lanes()).map((one) => [one.lane, one.durable_position]))
}

/** How many records that were received at this very time lie between two places, lane by lane. */
async function sentSince(
  log: Log,
  from: Offsets,
  until: Offsets,
  received_at: string,
): Promise<Map<string, number>> {
  // Tricky: records write more digits of the second than the manifest does.
  const mark = `"received_at":"${received_at.replace('Z', '')}`
  const sent = new Map<string, number>()
  let offsets = from
  while ([...until].some(([lane, end]) => (offsets.get(lane) ?? 0) < end)) {
    const slices = await log.read(offsets, LIMITS)
    const next = new Map(offsets)
    for (const { lane, file, first_position, count } of slices) {
      next.set(lane, first_position + count)
      for await (const line of createInterface(createReadStream(file))) {
        if (line.includes(mark)) sent.set(lane, (sent.get(lane) ?? 0) + 1)
      }
    }
    offsets = next
  }
  return sent
}

interface TopicParts {
  readonly log: Log
  readonly writer: LaneWriter
  readonly manifest: Manifest
  /** Where the topic stood before the part at hand. */
  readonly from: Offsets
  /** Records of that part that are there already; counted down as they are passed over. */
  readonly sent: Map<string, number>
}

class TopicTarget implements ImportTarget {
  readonly #parts: TopicParts
  readonly #partitions: number
  #position: number

  constructor(parts: TopicParts) {
    this.#parts = parts
    this.#partitions = parts.from.size
    this.#position = parts.manifest.records
  }

  get next_position(): number {
    return this.#position
  }

  async keep(draft: string, count: number, scratch: Scratch): Promise<void> {
    const { writer } = this.#parts
    const pending = new Set<Promise<unknown>>()
    for await (const rows of scratch.texts(await selectLines(scratch, draft))) {
      const due = rows.map(([line, key]) => ({ line, key: key ?? '' })).filter(this.#isDue)
      if (due.length === 0) continue
      const lines = Buffer.from(due.map(({ line }) => `${line}\n`).join(''))
      const keys = due.map(({ key }) => key)
      if (pending.size >= APPENDS_MAX) await Promise.race(pending)
      const appended = writer.append(lines, due.length, keys)
      pending.add(appended)
      // Whoever awaits it is told of a failure; here it only makes room.
      const done = () => pending.delete(appended)
      appended.then(done, done)
    }
    await Promise.all(pending)
    await rm(draft)
    this.#position += count
  }

  async extents(): Promise<readonly Extent[]> {
    const ends = await endsOf(this.#parts.log)
    return [...ends].map(([lane, to]) => ({ lane, from: this.#parts.from.get(lane) ?? 0, to }))
  }

  async state(): Promise<Pick<Manifest, 'offsets'>> {
    return { offsets: Object.fromEntries(await endsOf(this.#parts.log)) }
  }

  /** Tricky: by its key a row goes to the same partition as before, and there in the same order. */
  readonly #isDue = ({ key }: { readonly key: string | null }): boolean => {
    const { sent } = this.#parts
    const lane = String(partitionOf(Buffer.from(key ?? ''), this.#partitions))
    const left = sent.get(lane) ?? 0
    if (left === 0) return true
    sent.set(lane, left - 1)
    return false
  }
}

/** The rows of a draft as records, and the key of each: the visitor, or what a row is about. */
async function selectLines(scratch: Scratch, draft: string): Promise<string> {
  const from = `read_parquet(${quoteText(draft)})`
  const types: (readonly [string, string])[] = []
  const described = `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${from})`
  for await (const rows of scratch.texts(described)) {
    types.push(...rows.map(([name, type]) => [name ?? '', type ?? ''] as const))
  }
  const parts = types.map(([name, type]) => {
    const column = quoteName(name)
    const value = jsonOf(column, type)
    const key = quoteText(`${JSON.stringify(name)}:`)
    return `CASE WHEN ${column} IS NOT NULL THEN ${key} || ${value} END`
  })
  const names = new Set(types.map(([name]) => name))
  const keys = ['anonymous_id', 'user_id', 'session_id', 'key'].filter((name) => names.has(name))
  const key = keys.length > 0 ? `coalesce(${[...keys.map(quoteName), "''"].join(', ')})` : "''"
  return `SELECT '{' || concat_ws(',', ${parts.join(', ')}) || '}', ${key} FROM ${from}`
}

function jsonOf(column: string, type: string): string {
  if (type === 'TIMESTAMP') return `'"' || strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ') || '"'`
  if (type === 'VARCHAR' || type.endsWith('[]')) return `CAST(to_json(${column}) AS VARCHAR)`
  return `CAST(${column} AS VARCHAR)`
}
