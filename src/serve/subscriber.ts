/**
 * One reader of the live stream: where it stands in each table, and the bytes that wait for it. One
 * too slow for its buffer misses messages and is given its tables anew when it has caught up.
 */
import type { Writable } from 'node:stream'

export interface SubscriberOptions {
  readonly stream: Writable
  /** Table to where it stands there; null where it needs a snapshot. */
  readonly cursors: ReadonlyMap<string, string | null>
  readonly buffer_bytes_max: number
  /** Called when a reader that had missed messages can take more. */
  readonly onReady: () => void
}

export class Subscriber {
  readonly #options: SubscriberOptions
  readonly #cursors: Map<string, string | null>
  #state: 'keeping up' | 'behind' = 'keeping up'

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.#cursors = new Map(options.cursors)
    options.stream.on('drain', () => this.#drained())
  }

  /** The tables it reads; none while it is behind. */
  tables(): readonly string[] {
    return this.#state === 'behind' ? [] : [...this.#cursors.keys()]
  }

  cursor(table: string): string | null {
    return this.#cursors.get(table) ?? null
  }

  needSnapshot(table: string): void {
    this.#cursors.set(table, null)
  }

  /**
   * Sends messages that bring the table to `place`. The last of them carries the id from which a
   * broken connection resumes; one that breaks before it is told all of them again.
   */
  send(table: string, messages: readonly string[], cursor: string): void {
    if (this.#state === 'behind' || !this.#hasRoom()) return
    this.#cursors.set(table, cursor)
    const [last, ...others] = messages.toReversed()
    if (last === undefined) return
    const id = `id: ${this.#id()}\n`
    this.#options.stream.write([...others.toReversed(), `${id}${last}`].join(''))
  }

  comment(words: string): void {
    if (this.#state === 'keeping up' && this.#hasRoom()) {
      this.#options.stream.write(`: ${words}\n\n`)
    }
  }

  #id(): string {
    const told = [...this.#cursors].filter(([, cursor]) => cursor !== null)
    return told.map(([table, cursor]) => `${table}=${cursor}`).join(',')
  }

  /** The bound is looked at before: a message alone, however large, puts nobody behind. */
  #hasRoom(): boolean {
    const { stream, buffer_bytes_max } = this.#options
    if (stream.writableLength <= buffer_bytes_max) return true
    this.#state = 'behind'
    for (const table of this.#cursors.keys()) this.#cursors.set(table, null)
    return false
  }

  #drained(): void {
    if (this.#state === 'keeping up') return
    this.#state = 'keeping up'
    this.#options.onReady()
  }
}

/** Table to cursor, as the last id that a client saw says. */
export function cursorsIn(id: string): ReadonlyMap<string, string> {
  const parts = id.split(',').map((part) => part.split('='))
  return new Map(parts.map(([table = '', cursor = '']) => [table, cursor]))
}
