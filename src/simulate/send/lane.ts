/**
 * A lane sends its events in their order: one request at a time, the next only when the last has
 * been taken. While a request is on its way, events gather and go together; so batches grow with
 * the load and a single event never waits. A batch that was not taken is sent again as it stands.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { backoff_ms } from '../../std/backoff.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Random } from '../random.ts'
import type { Answer, Poster } from './post.ts'
import type { Tally } from './tally.ts'

const BACKOFF = { first_ms: 100, most_ms: 10_000 }
const RETRY_AFTER_MS_MAX = 60_000
/** Answers that stay what they are, however often one asks. */
const HOPELESS = [401, 403, 404, 405]

export interface LaneContext {
  readonly url: string
  readonly poster: Poster
  readonly tally: Tally
  readonly random: Random
  readonly batchEventsMax: number
  readonly batchBytesMax: number
  /** Aborts when the run gives up what still waits. */
  readonly signal: AbortSignal
  /** After each batch: there is room for so many more events. */
  onRoom(events: number): void
  /** The collector is away (why), or there again (undefined). */
  onTrouble(reason: string | undefined): void
  onFailure(error: ClickpathError): void
}

export class Lane {
  readonly #context: LaneContext
  #waiting: string[] = []
  #sending = false
  #troubled = false

  constructor(context: LaneContext) {
    this.#context = context
  }

  put(event: string): void {
    this.#waiting.push(event)
  }

  /** Begins to send what waits, unless that is going on already. */
  wake(): void {
    if (this.#sending || this.#waiting.length === 0) return
    this.#sending = true
    void this.#run()
  }

  async #run(): Promise<void> {
    const { signal, onFailure, onRoom } = this.#context
    try {
      while (this.#waiting.length > 0 && !signal.aborted) {
        const batch = this.#take()
        await this.#deliver(batch)
        onRoom(batch.length)
      }
    } catch (thrown) {
      if (thrown instanceof ClickpathError) onFailure(thrown)
      else if (!signal.aborted) onFailure(new ClickpathError('INTERNAL', messageOf(thrown)))
    } finally {
      // Tricky: in the same turn as the last look at what waits, so that no `wake` is lost between.
      this.#sending = false
    }
  }

  #take(): string[] {
    const { batchEventsMax, batchBytesMax } = this.#context
    let bytes = 0
    let count = 0
    while (count < this.#waiting.length && count < batchEventsMax) {
      // Up to four bytes a letter would be exact; ours are nearly all ASCII and the bound is soft.
      bytes += (this.#waiting[count] as string).length
      if (count > 0 && bytes > batchBytesMax) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  /** Returns when the collector has taken or refused every event of the batch. */
  async #deliver(batch: readonly string[]): Promise<void> {
    const { tally, url } = this.#context
    const body = `[${batch.join(',')}]`
    tally.sent += batch.length
    for (let failures = 0; ; failures++) {
      if (failures > 0) tally.retried += batch.length
      const answer = await this.#ask(body)
      if (typeof answer === 'object' && answer.status < 300) return this.#count(batch, answer)
      const reason = typeof answer === 'string' ? answer : `${answer.status} ${summary(answer)}`
      if (typeof answer === 'object' && !isForLater(answer.status)) {
        if (HOPELESS.includes(answer.status)) {
          throw new ClickpathError('COLLECTOR_REFUSED', url, answer.status, summary(answer))
        }
        return this.#refused(batch, reason)
      }
      this.#setTrouble(reason)
      await this.#pause(failures + 1, typeof answer === 'object' ? answer.retryAfter_ms : undefined)
    }
  }

  /** The answer, or in words why there was none. */
  async #ask(body: string): Promise<Answer | string> {
    const { poster, tally, signal } = this.#context
    tally.requests++
    try {
      return await poster.post(body, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      return messageOf(thrown) || 'the connection broke'
    }
  }

  /** At least what the collector asked for, and lanes apart from each other. */
  async #pause(failures: number, retryAfter_ms = 0): Promise<void> {
    const { random, signal } = this.#context
    const own_ms = backoff_ms(failures, BACKOFF) * (0.5 + random.float() / 2)
    const pause_ms = Math.max(own_ms, Math.min(retryAfter_ms, RETRY_AFTER_MS_MAX))
    await sleep(pause_ms, undefined, { signal })
  }

  #count(batch: readonly string[], answer: Answer): void {
    this.#setTrouble(undefined)
    const { tally } = this.#context
    const { invalid, filtered } = countsIn(answer.text)
    tally.invalid += invalid
    tally.filtered += filtered
    tally.accepted += batch.length - invalid - filtered
  }

  /** Halved until the event is found that the collector will not have; order stays. */
  async #refused(batch: readonly string[], reason: string): Promise<void> {
    const { tally } = this.#context
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2)
      tally.sent -= batch.length
      await this.#deliver(batch.slice(0, middle))
      return this.#deliver(batch.slice(middle))
    }
    tally.refused++
    tally.firstRefusal ??= reason
  }

  #setTrouble(reason: string | undefined): void {
    if (this.#troubled === (reason !== undefined)) return
    this.#troubled = reason !== undefined
    this.#context.onTrouble(reason)
  }
}

function isForLater(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** How many events of the batch the collector put aside; none where the answer does not say. */
function countsIn(text: string): { invalid: number; filtered: number } {
  try {
    const { invalid, filtered } = JSON.parse(text) as Record<string, unknown>
    return { invalid: Number(invalid ?? 0) || 0, filtered: Number(filtered ?? 0) || 0 }
  } catch {
    return { invalid: 0, filtered: 0 }
  }
}

function summary(answer: Answer): string {
  return answer.text.slice(0, 300).replace(/\s+/g, ' ').trim() || 'without a word'
}
