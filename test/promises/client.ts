/**
 * A shop's senders: they remember what was acknowledged and send again what was not, until it is.
 * What they know is what the product must hold.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import type { Random } from '../oracle/random.ts'

const SENDERS = 4
const BATCH_MAX = 10
/** Between a sender's batches: enough load to be always in the middle of something. */
const PAUSE_MS = 80
const AGAIN_MS = 20
const ANSWER_MS_MAX = 5_000

const BEGIN_MS = Date.UTC(2026, 0, 31, 12)
const SPAN_MS = 7_200_000

/** Why a request brought nothing: what was answered, or how the connection ended. */
export type Failure = number | 'timeout' | 'refused' | 'broken'

export class Client {
  readonly told = new Map<string, OracleEvent>()
  readonly acknowledged = new Set<string>()
  /** Requests that brought nothing, and how. */
  readonly failures = new Map<Failure, number>()
  url: string
  readonly #random: Random
  readonly #padding_bytes: number
  #next = 0
  #state: 'sending' | 'resting' | 'abandoned' = 'resting'
  #senders: Promise<unknown> = Promise.resolve()

  /** With padding, each event carries so many bytes more, to fill a disk sooner. */
  constructor(url: string, random: Random, padding_bytes = 0) {
    this.url = url
    this.#random = random
    this.#padding_bytes = padding_bytes
  }

  /** Begins to send, several batches at once. */
  begin(): void {
    this.#state = 'sending'
    this.#senders = Promise.all(Array.from({ length: SENDERS }, () => this.#send()))
    this.#senders.catch(() => 'told by rest()')
  }

  /** Sends nothing new; resolves when all that was sent is acknowledged. */
  async rest(): Promise<void> {
    this.#state = 'resting'
    await this.#senders
  }

  /** Nobody will answer any more. */
  abandon(): void {
    this.#state = 'abandoned'
  }

  /** Further events, of which somebody else takes care. */
  tell(events: readonly OracleEvent[]): void {
    for (const event of events) {
      this.told.set(event.event_id, event)
      this.acknowledged.add(event.event_id)
    }
  }

  /** Events that nobody has told yet. */
  invent(count: number, origin: Pick<OracleEvent, 'source' | 'origin'>): readonly OracleEvent[] {
    return Array.from({ length: count }, () => ({ ...this.#event(), ...origin }))
  }

  async #send(): Promise<void> {
    while (this.#state === 'sending') {
      const count = 1 + this.#random.below(BATCH_MAX)
      const batch = this.invent(count, { source: 'local', origin: 'browser' })
      for (const event of batch) this.told.set(event.event_id, event)
      while (!(await this.#post(batch))) {
        if (this.#isAbandoned()) return
        await sleep(AGAIN_MS)
      }
      for (const { event_id } of batch) this.acknowledged.add(event_id)
      await sleep(PAUSE_MS)
    }
  }

  #isAbandoned(): boolean {
    return this.#state === 'abandoned'
  }

  async #post(batch: readonly OracleEvent[]): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/v1/events`, {
        method: 'POST',
        body: JSON.stringify(batch.map(asSent)),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      })
      const answer = (await response.json()) as { accepted?: number }
      if (response.status === 200) assert.equal(answer.accepted, batch.length)
      else this.#failed(response.status)
      return response.status === 200
    } catch (thrown) {
      if (thrown instanceof assert.AssertionError) throw thrown
      this.#failed(failureOf(thrown))
      return false
    }
  }

  #failed(how: Failure): void {
    this.failures.set(how, (this.failures.get(how) ?? 0) + 1)
  }

  #event(): OracleEvent {
    const random = this.#random
    return {
      event_id: `e${this.#next++}`,
      event_type: random.pick(['view', 'view', 'cart', 'purchase']),
      event_time: new Date(BEGIN_MS + random.below(SPAN_MS)).toISOString(),
      source: 'local',
      origin: 'browser',
      user_id: `u${random.below(50)}`,
      session_id: `s${random.below(90)}`,
      product_id: `p${random.below(30)}`,
      category: random.pick(['shoes', 'bags', null]),
      price: `${random.below(10_000) / 100}`,
      ...(this.#padding_bytes > 0 ? { properties: { padding: this.#padding() } } : {}),
    }
  }

  /** Text that does not compress well. */
  #padding(): string {
    const digits = Array.from({ length: Math.ceil(this.#padding_bytes / 6) }, () =>
      this.#random
        .below(36 ** 6)
        .toString(36)
        .padStart(6, '0'),
    )
    return digits.join('')
  }
}

/** The event as a shop's page sends it; also a line of a file to import. */
export function asSent(event: OracleEvent): Readonly<Record<string, unknown>> {
  const { record: _, source: __, origin: ___, received_at: ____, ...rest } = recordOf(event, '')
  const { event_time: timestamp, ...others } = rest
  return { ...others, timestamp }
}

function failureOf(thrown: unknown): Failure {
  const { name, cause } = thrown as { name?: string; cause?: { code?: string } }
  if (name === 'TimeoutError') return 'timeout'
  return cause?.code === 'ECONNREFUSED' ? 'refused' : 'broken'
}
