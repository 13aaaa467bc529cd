/**
 * Erasures: who was taken out, and of which records that holds. An erasure is a record of the log
 * like any other. It names nobody: an identifier stands in it as its keyed hash (HMAC-SHA-256),
 * which only whoever has the data folder's secret can compare with an id.
 *
 *   {"record":"erasure","source":"erasures","received_at":UNTIL,"key":"the erasure",
 *    "updated_at":UNTIL,"row":{"hashes":["64 hex", ...]}}
 *   {"record":"erased","source":"web","received_at":"the hour","reason":"event"}
 *                                               what is left of a record: when, and of which kind
 *
 * It holds for what happened or was received until then. What somebody with the same id does later
 * is somebody new, and is taken.
 */
import { hash } from 'node:crypto'
import { wordsOf } from './words.ts'

/** The lane and the source of erasures. */
export const ERASURES_LANE = 'erasures'

export interface Erasure {
  readonly id: string
  /** ISO 8601, UTC, in milliseconds. */
  readonly until: string
  readonly hashes: readonly string[]
}

/** Kinds of records whose texts are searched: nobody is named in a column of theirs. */
export const SEARCHED_KINDS = ['invalid', 'filtered', 'logs'] as const
/** Their columns that may hold anything. */
export const SEARCHED_COLUMNS = ['event_id', 'detail', 'raw', 'key', 'row'] as const

type Parsed = Readonly<Record<string, unknown>>

const BLOCK_BYTES = 64
/** Identifiers whose hash is remembered; beyond, all are forgotten and computed again. */
const KNOWN_MAX = 200_000

function padded(secret: Buffer, byte: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  secret.copy(block)
  return block.map((each) => each ^ byte) as Buffer
}

/** The two blocks of HMAC that a secret of at most 64 bytes gives. */
function hashBlocks(secret: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  return { inner: padded(secret, 0x36), outer: padded(secret, 0x5c) }
}

/** HMAC-SHA-256. Tricky: by hand, since an Hmac object takes five times as long to make. */
function keyedHash({ inner, outer }: ReturnType<typeof hashBlocks>, text: string): string {
  const first = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer')
  return hash('sha256', Buffer.concat([outer, first]), 'hex')
}

/** All erasures that hold, and the question whether a record is one of theirs. */
export class Erased {
  #blocks = hashBlocks(Buffer.alloc(0))
  readonly #until = new Map<string, number>()
  readonly #known = new Map<string, number>()

  /** What hashes are keyed with; told before any is asked for. */
  use(secret: Buffer): void {
    this.#blocks = hashBlocks(secret)
    this.#known.clear()
  }

  get blocks(): ReturnType<typeof hashBlocks> {
    return this.#blocks
  }

  /** Hash to the time, in ms, until which it holds. */
  get until_ms(): ReadonlyMap<string, number> {
    return this.#until
  }

  /** The time of the latest erasure; before everything where there is none. */
  get latest_ms(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#until.values())
  }

  add({ until, hashes }: Erasure): void {
    const until_ms = Date.parse(until)
    for (const each of hashes) this.#until.set(each, Math.max(until_ms, this.#until.get(each) ?? 0))
    this.#known.clear()
  }

  hashOf(identifier: string): string {
    return keyedHash(this.#blocks, identifier)
  }

  /** Whether what an identifier did at a time, in ms, is erased. */
  #isErased(identifier: string, time_ms: number): boolean {
    let until_ms = this.#known.get(identifier)
    if (until_ms === undefined) {
      // Not a number: no time comes before that.
      until_ms = this.#until.get(this.hashOf(identifier)) ?? Number.NaN
      if (this.#known.size >= KNOWN_MAX) this.#known.clear()
      this.#known.set(identifier, until_ms)
    }
    return time_ms <= until_ms
  }

  /** Whether a text names somebody who was erased at `time_ms` or later. */
  isNamedIn(text: string, time_ms: number): boolean {
    for (const word of wordsOf(text)) if (this.#isErased(word, time_ms)) return true
    return false
  }

  /** Whether nothing of a record of a live lane may be kept. */
  holds(record: Parsed): boolean {
    if (this.#until.size === 0) return false
    const received_ms = timeOf(record.received_at)
    switch (record.record) {
      case 'event': {
        const { anonymous_id, user_id, session_id } = record
        const time_ms = Math.min(received_ms, timeOf(record.event_time))
        return this.#isOneOf([anonymous_id ?? user_id ?? session_id, user_id], time_ms)
      }
      case 'customers':
      case 'identity': {
        const { person_id } = (record.row ?? {}) as Parsed
        const time_ms = Math.min(received_ms, timeOf(record.updated_at))
        return this.#isOneOf([record.key, person_id], time_ms)
      }
      default: {
        if (!SEARCHED_KINDS.some((kind) => kind === record.record)) return false
        return this.isNamedIn(textsOf(record), received_ms)
      }
    }
  }

  #isOneOf(identifiers: readonly unknown[], time_ms: number): boolean {
    return identifiers.some((one) => typeof one === 'string' && this.#isErased(one, time_ms))
  }
}

function textsOf(record: Parsed): string {
  const values = SEARCHED_COLUMNS.map((column) => record[column] ?? '')
  return values
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join('\n')
}

/** A record without a time happened whenever it may have. */
function timeOf(time: unknown): number {
  const time_ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(time_ms) ? Number.NEGATIVE_INFINITY : time_ms
}

/** What is left of a record: its kind, whose source it counted for, and in which hour. */
export function tombstoneOf({ record, source, received_at }: Parsed): string {
  const received_ms = timeOf(received_at)
  const hour = Number.isFinite(received_ms) ? hourOf(received_ms) : received_at
  return JSON.stringify({ record: 'erased', source, received_at: hour, reason: record })
}

function hourOf(time_ms: number): string {
  return `${new Date(time_ms).toISOString().slice(0, 13)}:00:00Z`
}

/** The line of an erasure in the log. */
export function erasureLine({ id, until, hashes }: Erasure): Buffer {
  const head = { record: 'erasure', source: ERASURES_LANE, received_at: until }
  return Buffer.from(
    `${JSON.stringify({ ...head, key: id, updated_at: until, row: { hashes } })}\n`,
  )
}
