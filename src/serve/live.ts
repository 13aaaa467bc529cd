/**
 * The live stream: after commits, each table that somebody reads is asked once for its changes, and
 * all its readers are told. Rounds follow one another, a few a second at most, and rest as long as
 * they took, so that readers never take more than half of the machine from the engine.
 */
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from '../engine/contract.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import { causeOf, type Say, tell } from '../std/notices.ts'
import type { Settings } from '../std/settings.ts'
import type { Catalogue } from './catalogue.ts'
import type { ServedEngine } from './served_engine.ts'
import { cursorsIn, Subscriber } from './subscriber.ts'
import { changesSince, snapshotOf } from './table_changes.ts'

const ROUND_MS_MIN = 250
/** Also where a clock that was set forward makes a round seem to have taken hours. */
const ROUND_MS_MAX = 10_000
const RETRY_MS = 1_000
const HEARTBEAT_MS = 15_000

export interface LiveOptions {
  readonly engine: ServedEngine
  readonly catalogue: Catalogue
  readonly settings: Settings
  readonly clock: Clock
  /** Told of a round that failed; it is tried again. */
  readonly say: Say
}

export interface Subscription {
  readonly tables: readonly string[]
  /** The id a broken connection saw last; empty for a new one. */
  readonly last_id: string
  /** Rows of a snapshot. */
  readonly limit: number
  readonly stream: Writable
}

/** One event as server-sent events are written, without its id. */
function message(event: 'upsert' | 'delete' | 'snapshot', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

export class Live {
  readonly #options: LiveOptions
  /** Each with the rows that a snapshot gives it. */
  readonly #subscribers = new Map<Subscriber, number>()
  readonly #stopping = new AbortController()
  readonly #unsubscribe: () => void
  readonly #heartbeat: NodeJS.Timeout
  #wanted: 'a round' | 'nothing' = 'nothing'
  #running: Promise<void> | undefined

  constructor(options: LiveOptions) {
    this.#options = options
    this.#unsubscribe = options.engine.onCommit(() => this.#want())
    this.#heartbeat = setInterval(() => {
      for (const subscriber of this.#subscribers.keys()) subscriber.comment('still here')
    }, HEARTBEAT_MS)
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Throws BUSY beyond `live_subscribers_max`, so that a caller may refuse before it answers. */
  checkRoom(): void {
    const { live_subscribers_max } = this.#options.settings
    if (this.#subscribers.size < live_subscribers_max) return
    throw new ClickpathError('BUSY', `${live_subscribers_max} readers are live already. Ask again.`)
  }

  /** Tells the stream the tables' changes until it closes. */
  subscribe({ tables, last_id, limit, stream }: Subscription): void {
    const told = cursorsIn(last_id)
    const cursors = new Map(tables.map((table) => [table, told.get(table) ?? null]))
    const subscriber = new Subscriber({
      stream,
      cursors,
      buffer_bytes_max: this.#options.settings.live_buffer_bytes_max,
      onReady: () => this.#want(),
    })
    if (stream.destroyed) return
    this.#subscribers.set(subscriber, limit)
    stream.on('close', () => this.#subscribers.delete(subscriber))
    subscriber.comment(`changes of ${tables.join(', ')}`)
    this.#want()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#heartbeat)
    this.#unsubscribe()
    await this.#running
  }

  #want(): void {
    this.#wanted = 'a round'
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined
    })
  }

  async #rounds(): Promise<void> {
    const { clock, say } = this.#options
    while (this.#wanted === 'a round' && !this.#stopping.signal.aborted) {
      this.#wanted = 'nothing'
      const began_ms = clock.now_ms()
      let rest_ms = ROUND_MS_MIN
      try {
        await this.#round()
        const took_ms = clock.now_ms() - began_ms
        rest_ms = Math.min(Math.max(ROUND_MS_MIN, took_ms), ROUND_MS_MAX)
      } catch (thrown) {
        tell(say, 'LIVE_FAILED', causeOf(thrown))
        this.#wanted = 'a round'
        rest_ms = RETRY_MS
      }
      const { signal } = this.#stopping
      await sleep(rest_ms, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
    }
  }

  async #round(): Promise<void> {
    const readers = Map.groupBy(
      [...this.#subscribers.keys()].flatMap((subscriber) =>
        subscriber.tables().map((table) => ({ table, subscriber })),
      ),
      ({ table }) => table,
    )
    for (const [table, found] of readers) {
      await this.#tell(
        table,
        found.map(({ subscriber }) => subscriber),
      )
    }
  }

  async #tell(table: string, readers: readonly Subscriber[]): Promise<void> {
    const byCursor = Map.groupBy(readers, (reader) => reader.cursor(table))
    for (const [cursor, group] of byCursor) {
      if (cursor !== null) await this.#tellChanges(table, cursor, group)
    }
    const anew = readers.filter((reader) => reader.cursor(table) === null)
    const byLimit = Map.groupBy(anew, (reader) => this.#subscribers.get(reader) ?? 0)
    for (const [limit, group] of byLimit) await this.#tellAll(table, limit, group)
  }

  async #tellChanges(table: string, cursor: string, group: readonly Subscriber[]): Promise<void> {
    const { engine, catalogue, settings } = this.#options
    // Asked every time: the store may have been built anew since the cursor was told.
    const found = await changesSince(engine.store, catalogue, table, cursor, settings)
    if (found === 'gap') {
      for (const reader of group) reader.needSnapshot(table)
      return
    }
    const rowsOf = (op: 'upsert' | 'delete'): readonly Row[] =>
      found.changes.filter((change) => change.op === op).map(({ row }) => row)
    const messages = (['delete', 'upsert'] as const)
      .map((op) => ({ op, rows: rowsOf(op) }))
      .filter(({ rows }) => rows.length > 0)
      .map(({ op, rows }) => message(op, { table, rows }))
    for (const reader of group) reader.send(table, messages, found.cursor)
  }

  async #tellAll(table: string, limit: number, group: readonly Subscriber[]): Promise<void> {
    const { engine, catalogue, settings } = this.#options
    const { store } = engine
    const { cursor, rows, truncated } = await snapshotOf(store, catalogue, table, limit, settings)
    const messages = [message('snapshot', { table, rows, truncated })]
    for (const reader of group) reader.send(table, messages, cursor)
  }
}
