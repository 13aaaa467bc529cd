/**
 * How far the tables are behind the log, asked each second; and whether that grows. A lag that
 * grows means that the engine takes less than comes in, whatever the latencies still look like.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figures } from '../run.ts'
import { mean, percentile } from './latencies.ts'

const INTERVAL_MS = 1_000
const CAUGHT_UP_MS_MAX = 60_000

interface Status {
  readonly engine: {
    readonly pending: number
    readonly batch: number
    readonly batch_ms: number
  }
}

export class LagSampler {
  readonly #url: string
  readonly #stopping = new AbortController()
  readonly #pending: number[] = []
  readonly #batch_ms: number[] = []
  readonly #running: Promise<void>
  #first_batch: number | null = null
  #last_batch = 0

  constructor(url: string) {
    this.#url = url
    this.#running = this.#run()
    this.#running.catch(() => undefined) // `stop` tells of it.
  }

  /** Records behind; `growth` compares the last third of the time with the first. */
  async stop(): Promise<Figures> {
    this.#stopping.abort()
    await this.#running
    const third = Math.ceil(this.#pending.length / 3)
    const growth = mean(this.#pending.slice(-third)) - mean(this.#pending.slice(0, third))
    const sorted_ms = this.#batch_ms.toSorted((one, other) => one - other)
    return {
      pending_mean: mean(this.#pending),
      pending_max: Math.max(...this.#pending),
      pending_growth: growth,
      batches: this.#last_batch - (this.#first_batch ?? 0),
      batch_p50_ms: percentile(sorted_ms, 0.5),
      batch_max_ms: sorted_ms.at(-1) ?? null,
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const { pending, batch, batch_ms } = (await statusOf(this.#url)).engine
      this.#pending.push(pending)
      this.#batch_ms.push(batch_ms)
      this.#first_batch ??= batch
      this.#last_batch = batch
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined) // Stopped meanwhile.
    }
  }
}

/** How long it takes from now until nothing is pending; null when that takes too long. */
export async function untilCaughtUp(url: string): Promise<number | null> {
  const began_ms = performance.now()
  while (performance.now() - began_ms < CAUGHT_UP_MS_MAX) {
    if ((await statusOf(url)).engine.pending === 0) return performance.now() - began_ms
    await sleep(20)
  }
  return null
}

async function statusOf(url: string): Promise<Status> {
  const response = await fetch(new URL('/api/status', url))
  if (!response.ok) {
    throw new Error(`/api/status answered ${response.status}: ${await response.text()}`)
  }
  return (await response.json()) as Status
}
