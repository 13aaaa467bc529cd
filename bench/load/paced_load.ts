/**
 * A shop's traffic at a set rate: requests are due at even distances, whether the last ones were
 * answered or not, and an answer's time counts from when its request was due. So a server that
 * stands still for a second shows as one, and not as one slow request.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { RealisticShop } from '../../src/simulate/shops/realistic.ts'
import { Connection } from './connection.ts'
import type { LoadResult, PacedLoad } from './plan.ts'
import { requestOf } from './requests.ts'
import { Tally } from './tally.ts'

const TICK_MS = 2
/** Requests waiting for a free connection; beyond, a request is given up and counted. */
const WAITING_MAX = 2_000
const LAST_ANSWERS_MS = 10_000

interface Lane {
  readonly connection: Connection
  due_ms: number
}

class PacedSender {
  readonly #plan: PacedLoad
  readonly #tally: Tally
  readonly #shop: RealisticShop
  readonly #host: string
  /** Taken in turn: the server closes one that lies idle, as it should. */
  readonly #free: Lane[] = []
  /** When each waiting request was due. */
  readonly #waiting: number[] = []
  readonly #start_ms = performance.now()
  #busy = 0
  #issued = 0
  #broken: Error | undefined

  constructor(plan: PacedLoad, tally: Tally) {
    const { users, products, url } = plan
    this.#plan = plan
    this.#tally = tally
    this.#host = new URL(url).host
    // Another seed in each run: its ids must be new ones.
    this.#shop = new RealisticShop({ seed: Math.random(), start_ms: Date.now(), users, products })
  }

  async open(): Promise<void> {
    for (let number = 0; number < this.#plan.connections; number++) {
      const lane: Lane = {
        connection: await Connection.open(this.#plan.url, {
          onAnswer: (answer) => {
            this.#tally.note(answer, lane.due_ms, performance.now())
            this.#busy--
            const due_ms = this.#waiting.shift()
            if (due_ms === undefined) this.#free.push(lane)
            else this.#send(lane, due_ms)
          },
          onEnd: (reason) => {
            this.#broken ??= new Error(`a connection broke: ${reason}`)
          },
        }),
        due_ms: 0,
      }
      this.#free.push(lane)
    }
  }

  /** Sends for as long as the plan says, then waits for the last answers. */
  async run(onMeasuring: () => void): Promise<void> {
    await this.#sendUntil(this.#tally.from_ms)
    this.#tally.noteCpu()
    onMeasuring()
    await this.#sendUntil(this.#tally.to_ms)
    this.#tally.noteCpu()
    const until_ms = performance.now() + LAST_ANSWERS_MS
    while (this.#busy > 0) {
      if (performance.now() > until_ms) throw new Error('answers did not come')
      await this.#tick()
    }
  }

  async #sendUntil(end_ms: number): Promise<void> {
    while (performance.now() < end_ms) {
      this.#issueDue()
      await this.#tick()
    }
  }

  async #tick(): Promise<void> {
    await sleep(TICK_MS)
    if (this.#broken) throw this.#broken
  }

  close(): void {
    for (const { connection } of this.#free) connection.close()
  }

  #issueDue(): void {
    const { events_per_second, batch } = this.#plan
    const gap_ms = (1_000 * batch) / events_per_second
    const now_ms = performance.now()
    for (;;) {
      const due_ms = this.#start_ms + this.#issued * gap_ms
      if (due_ms > now_ms) return
      this.#issued++
      const lane = this.#free.shift()
      if (lane) this.#send(lane, due_ms)
      else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(due_ms)
      else this.#tally.unsent++
    }
  }

  #send(lane: Lane, due_ms: number): void {
    this.#busy++
    lane.due_ms = due_ms
    const now_ms = Date.now()
    const events = Array.from({ length: this.#plan.batch }, () => this.#shop.next(now_ms).event)
    lane.connection.send(requestOf(this.#host, JSON.stringify(events)))
  }
}

export async function runPacedLoad(plan: PacedLoad, onMeasuring: () => void): Promise<LoadResult> {
  const tally = new Tally(plan, performance.now())
  const sender = new PacedSender(plan, tally)
  await sender.open()
  try {
    await sender.run(onMeasuring)
  } finally {
    sender.close()
  }
  return tally.result()
}
