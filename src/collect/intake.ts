/**
 * The way of one request of events through the collector: who sends, read, split, take, make
 * durable, and only then answer. Every refusal is thrown as `ClickpathError`; then nothing is kept.
 */
import type { IncomingMessage } from 'node:http'
import type { LaneWriter } from '../log/contract.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import type { Family } from '../std/metrics.ts'
import type { Say } from '../std/notices.ts'
import type { Settings } from '../std/settings.ts'
import { type Body, BodyBudget, discard, readBody } from './body.ts'
import { type ClientReader, createClientReader } from './client.ts'
import { type Sender, type SentKey, senderOf, sentKey } from './credentials.ts'
import type { Format, Parts, SentRequest } from './formats/format.ts'
import type { Keys } from './keys.ts'
import { CollectCounters, type CollectGauges, type CollectMetrics } from './metrics.ts'
import { createRateLimit, type RateLimit } from './rate_limit.ts'
import { RefusingLog } from './refusing_log.ts'
import { sentRequest } from './sent_request.ts'
import { createPipeline, type Pipeline } from './steps/pipeline.ts'
import type { Random, Step, StepContext } from './steps/step.ts'
import { type Taken, take } from './take.ts'
import { epochMs } from './times.ts'

export interface IntakeOptions {
  readonly settings: Settings
  readonly lane: LaneWriter
  readonly keys: Keys
  /** The shop's own steps, after ours. */
  readonly steps: readonly Step[]
  readonly clock: Clock
  readonly random: Random
  /** Told when the log begins to refuse, and when it takes again. */
  readonly say: Say
}

/** A request whose path and query have been told apart. */
export interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

export class Intake {
  /** Since when it counts. */
  readonly started_ms: number
  readonly #options: IntakeOptions
  readonly #pipeline: Pipeline
  readonly #rate: RateLimit
  readonly #budget: BodyBudget
  readonly #clientOf: ClientReader
  readonly #counters = new CollectCounters()
  readonly #refusing: RefusingLog

  constructor(options: IntakeOptions) {
    const { settings, clock, steps, say } = options
    this.#options = options
    this.started_ms = clock.now_ms()
    this.#pipeline = createPipeline(steps)
    this.#rate = createRateLimit(settings.rate_events_per_second, clock)
    this.#budget = new BodyBudget(settings.bodies_bytes_max)
    this.#refusing = new RefusingLog(clock, say)
    this.#clientOf = createClientReader(settings)
  }

  /** Answers the body of a 200: all that is valid, and what is not with its reason, is durable. */
  async take(request: IncomingMessage, target: Target, format: Format): Promise<unknown> {
    const key = this.#admit(request, target)
    const body = await readBody(request, this.#options.settings, this.#budget)
    try {
      return await this.#keep(request, body, target, format, key)
    } finally {
      this.#budget.give(body.held_bytes)
    }
  }

  noteRefused(code: string): void {
    this.#counters.noteRefused(code)
  }

  metrics(): CollectMetrics {
    return this.#counters.read(this.#gauges())
  }

  families(): readonly Family[] {
    return this.#counters.families(this.#gauges())
  }

  #gauges(): CollectGauges {
    const { lane, settings } = this.#options
    return {
      dropped_by_step: this.#pipeline.droppedByStep(),
      held_body_bytes: this.#budget.bytes,
      body_bytes_max: settings.bodies_bytes_max,
      waiting_bytes: lane.waiting_bytes,
      waiting_bytes_max: settings.append_queue_bytes_max,
      refusal: lane.refusal(),
    }
  }

  /** Refuses what can be refused before a body is read. */
  #admit(request: IncomingMessage, { query }: Target): SentKey | undefined {
    const { lane, keys, settings } = this.#options
    try {
      const refusal = lane.refusal()
      this.#refusing.note(refusal)
      if (refusal !== null) throw new ClickpathError('LOG_FULL', refusal)
      const sent = sentKey(request.headers, query)
      if (sent?.kind === 'token' && !keys.find(sent.text)) return sent
      if (sent) this.#rate.check(senderOf(sent.text, keys, settings).source)
      return sent
    } catch (error) {
      discard(request)
      throw error
    }
  }

  async #keep(
    request: IncomingMessage,
    body: Body,
    target: Target,
    format: Format,
    key: SentKey | undefined,
  ) {
    const { settings, random } = this.#options
    const sent = sentRequest(request, target, body.text, random)
    const parts = format.split(sent, settings.batch_events_max)
    const sender = this.#senderOf(key, parts)
    if (key?.kind !== 'key') this.#rate.check(sender.source)
    this.#rate.take(sender.source, parts.values.length)
    const context = {
      ...this.#context(sender, parts, sent),
      client: this.#clientOf(request, sender.kind),
    }
    const { outcomes, ...taken } = take(format, parts, this.#pipeline, context)
    if (taken.count > 0) await this.#append(taken)
    this.#counters.noteTaken(format.name, outcomes)
    return format.answer(outcomes, sent)
  }

  async #append({ lines, count, keys }: Omit<Taken, 'outcomes'>): Promise<void> {
    const { lane, clock } = this.#options
    const began_ms = clock.now_ms()
    await lane.append(lines, count, keys)
    this.#counters.noteAppended(clock.now_ms() - began_ms)
  }

  #senderOf(sent: SentKey | undefined, { write_key, app_id }: Parts): Sender {
    const { keys, settings } = this.#options
    if (!sent && write_key === undefined && app_id !== undefined) {
      const named = keys.ofProgram(app_id)
      if (named) return named
    }
    const isOurs = sent?.kind === 'key' || (sent !== undefined && keys.find(sent.text))
    return senderOf(isOurs ? sent.text : (write_key ?? sent?.text), keys, settings)
  }

  #context(
    { source, kind }: Sender,
    { sent_at, escapes }: Parts,
    { method, text }: SentRequest,
  ): StepContext {
    const { settings, clock, random } = this.#options
    const received_ms = clock.now_ms()
    const sent_ms = sent_at === undefined ? Number.NaN : epochMs(sent_at)
    return {
      source,
      origin: kind,
      received_ms,
      received_at: new Date(received_ms).toISOString(),
      sent_ms: Number.isNaN(sent_ms) ? undefined : sent_ms,
      escapes: escapes ?? (method === 'GET' || text.includes('\\u') ? 'some' : 'none'),
      settings,
      random,
    }
  }
}
