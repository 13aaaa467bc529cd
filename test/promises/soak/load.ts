/**
 * A shop's traffic at a set rate, for as long as one likes: requests are due at even distances,
 * whatever became of the last ones, and each is sent again until it is acknowledged. What was
 * acknowledged is known by counters alone, so that it costs no memory: every sender numbers its
 * events from 0.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Latencies, type LatencySummary } from '../../../bench/measure/latencies.ts'
import { RealisticShop } from '../../../src/simulate/shops/realistic.ts'

const SENDERS = 16
const BATCH = 20
const TICK_MS = 5
const AGAIN_MS = 50
const ANSWER_MS_MAX = 10_000
const USERS = 20_000
const PRODUCTS = 2_000

export interface LoadOptions {
  readonly url: string
  readonly events_per_second: number
  readonly seed: number
}

export class SoakLoad {
  /** Of each sender, how many of its events were acknowledged: those numbered below it. */
  readonly acknowledged: number[] = Array.from({ length: SENDERS }, () => 0)
  failures = 0
  readonly #options: LoadOptions
  readonly #shop: RealisticShop
  readonly #all = new Latencies()
  #lately = new Latencies()
  #due = 0
  #state: 'sending' | 'resting' = 'sending'
  readonly #senders: Promise<unknown>

  /** Begins at once. */
  constructor(options: LoadOptions) {
    const { seed } = options
    this.#options = options
    this.#shop = new RealisticShop({
      ...{ seed, users: USERS, products: PRODUCTS },
      start_ms: Date.now(),
    })
    this.#senders = Promise.all(this.acknowledged.map((_, sender) => this.#send(sender)))
  }

  get events(): number {
    return this.acknowledged.reduce((sum, one) => sum + one, 0)
  }

  /** From when a request was due to its acknowledgement, since the last call. */
  latencies(): LatencySummary {
    const lately = this.#lately.summary()
    this.#lately = new Latencies()
    return lately
  }

  allLatencies(): LatencySummary {
    return this.#all.summary()
  }

  /** Resolves when all that was sent is acknowledged. */
  async rest(): Promise<void> {
    this.#state = 'resting'
    await this.#senders
  }

  async #send(sender: number): Promise<void> {
    const gap_ms = (1_000 * BATCH) / this.#options.events_per_second
    const began_ms = performance.now()
    while (this.#state === 'sending') {
      const due_ms = began_ms + this.#due * gap_ms
      if (due_ms > performance.now()) {
        await sleep(TICK_MS)
        continue
      }
      this.#due += 1
      const body = this.#body(sender)
      while (!(await this.#post(body))) {
        this.failures += 1
        await sleep(AGAIN_MS)
      }
      this.acknowledged[sender] = (this.acknowledged[sender] ?? 0) + BATCH
      const took_ms = performance.now() - due_ms
      this.#all.add(took_ms)
      this.#lately.add(took_ms)
    }
  }

  #body(sender: number): string {
    const first = this.acknowledged[sender] ?? 0
    const now_ms = Date.now()
    const events = Array.from({ length: BATCH }, (_, at) => ({
      ...this.#shop.next(now_ms).event,
      event_id: `${sender}-${first + at}`,
    }))
    return JSON.stringify(events)
  }

  async #post(body: string): Promise<boolean> {
    try {
      const response = await fetch(`${this.#options.url}/v1/events`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      })
      const answer = (await response.json()) as { accepted?: number }
      return response.status === 200 && answer.accepted === BATCH
    } catch {
      return false
    }
  }
}
