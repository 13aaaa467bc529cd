/**
 * How long an acknowledged event takes until an answer of the API counts it. Marker events go
 * through the front door one after the other, so the log holds them in that order; when a table
 * counts n of them, the first n are visible. The time of the answer counts, so the query's own time
 * is in it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '../load/connection.ts'
import { requestOf } from '../load/requests.ts'
import { Latencies, type LatencySummary } from './latencies.ts'

const EVENT_TYPE = 'bench_marker'
/** A table that counts by event type over all time: one row for all markers. */
const WHERE_SEEN = `/api/tables/category_counts?event_type=${EVENT_TYPE}`
/** Between an answer and the next question, so that looking does not load what it looks at. */
const LOOK_MS = 50
/** After the last marker, until all are seen. */
const LAST_SEEN_MS_MAX = 60_000

export interface MarkerResult {
  readonly sent: number
  readonly seen: number
  readonly acknowledgements: LatencySummary
  readonly ackToVisible: LatencySummary
  readonly questions: LatencySummary
}

export class Markers {
  readonly #url: string
  readonly #interval_ms: number
  readonly #run = Math.random().toString(36).slice(2)
  /** When each marker was acknowledged, in the order of sending. */
  readonly #acked_ms: number[] = []
  readonly #acknowledgements = new Latencies()
  readonly #ackToVisible = new Latencies()
  readonly #questions = new Latencies()
  readonly #ending = new AbortController()
  #seen = 0

  constructor(url: string, markers_per_second: number) {
    this.#url = url
    this.#interval_ms = 1_000 / markers_per_second
  }

  /** Sends and looks until `stop`; resolves when every marker is visible, or has had its time. */
  async run(): Promise<MarkerResult> {
    await Promise.all([this.#sendAll(), this.#lookForAll()])
    return {
      sent: this.#acked_ms.length,
      seen: this.#seen,
      acknowledgements: this.#acknowledgements.summary(),
      ackToVisible: this.#ackToVisible.summary(),
      questions: this.#questions.summary(),
    }
  }

  stop(): void {
    this.#ending.abort()
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#ending
    let answered = Promise.withResolvers<number>()
    const connection = await Connection.open(this.#url, {
      onAnswer: ({ status }) => answered.resolve(status),
      onEnd: (reason) => answered.reject(new Error(`a connection broke: ${reason}`)),
    })
    while (!signal.aborted) {
      answered = Promise.withResolvers<number>()
      const began_ms = performance.now()
      connection.send(this.#request())
      const status = await answered.promise
      const acked_ms = performance.now()
      if (status !== 200) throw new Error(`a marker was answered ${status}`)
      this.#acked_ms.push(acked_ms)
      this.#acknowledgements.add(acked_ms - began_ms)
      const rest_ms = Math.max(0, this.#interval_ms - (acked_ms - began_ms))
      await sleep(rest_ms, undefined, { signal }).catch(() => undefined) // Stopped: the loop ends.
    }
    connection.close()
  }

  #request(): Buffer {
    const event = {
      event_id: `${EVENT_TYPE}-${this.#run}-${this.#acked_ms.length}`,
      event_type: EVENT_TYPE,
      timestamp: new Date().toISOString(),
      user_id: EVENT_TYPE,
    }
    return requestOf(new URL(this.#url).host, JSON.stringify(event))
  }

  async #lookForAll(): Promise<void> {
    const { signal } = this.#ending
    let until_ms = Number.POSITIVE_INFINITY
    while (!signal.aborted || this.#seen < this.#acked_ms.length) {
      if (signal.aborted) until_ms = Math.min(until_ms, performance.now() + LAST_SEEN_MS_MAX)
      if (performance.now() > until_ms) return
      await this.#look()
      await sleep(LOOK_MS)
    }
  }

  async #look(): Promise<void> {
    const asked_ms = performance.now()
    const response = await fetch(new URL(WHERE_SEEN, this.#url))
    const { rows } = (await response.json()) as { rows?: readonly { events: number }[] }
    const now_ms = performance.now()
    this.#questions.add(now_ms - asked_ms)
    const visible = Number(rows?.[0]?.events ?? 0)
    while (this.#seen < visible) {
      // One that is visible before its acknowledgement has reached us took no time at all.
      const acked_ms = this.#acked_ms[this.#seen++] ?? now_ms
      this.#ackToVisible.add(Math.max(0, now_ms - acked_ms))
    }
  }
}
