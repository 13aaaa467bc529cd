/**
 * One execution: what the server answers to a plan, in order, each response once. The server keeps
 * an operation and its responses apart from the connection; when that breaks, or the server ends a
 * response stream (it does so every two minutes), it is taken up after the last response received.
 */
import { randomUUID } from 'node:crypto'
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Channel, Identity } from './channel.ts'
import { isBroken, isKnownOperation, isUnknownOperation, toldBy } from './error_details.ts'
import { SparkError } from './errors.ts'
import type { ExecutePlanResponse, PlanSchema } from './generated/base_pb.ts'
import { Retries } from './retries.ts'

export type Plan = MessageInitShape<typeof PlanSchema>

export interface ExecuteOptions {
  /** A UUID under which the operation can be interrupted; a new one if not given. */
  readonly operationId?: string
  /** Words by which operations can be interrupted together. */
  readonly tags?: readonly string[]
  /** Aborting ends the operation on the server too. */
  readonly signal?: AbortSignal
  /** Instead of the bound that the client was made with. */
  readonly execution_ms_max?: number
}

/** Bytes of responses after which the server is told that they have arrived and may go. */
const RELEASE_BYTES = 4 * 1024 * 1024

/** A reader that stops early ends the operation on the server. */
export async function* execute(
  channel: Channel,
  plan: Plan,
  options: ExecuteOptions = {},
): AsyncGenerator<ExecutePlanResponse, void, undefined> {
  channel.assertOpen()
  const execution = new Execution(channel, plan, options)
  try {
    yield* execution.responses()
  } finally {
    execution.end()
  }
}

class Execution {
  readonly #channel: Channel
  /** It belongs to the session in which it began, renewed since or not. */
  readonly #identity: Identity
  readonly #plan: Plan
  readonly #tags: readonly string[]
  readonly #operationId: string
  readonly #end = new AbortController()
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #retries: Retries
  #next: 'execute' | 'reattach' = 'execute'
  #lastResponseId: string | undefined
  #unreleased_bytes = 0

  constructor(channel: Channel, plan: Plan, options: ExecuteOptions) {
    const { execution_ms_max = channel.bounds.execution_ms_max } = options
    this.#channel = channel
    this.#identity = channel.identity
    this.#plan = plan
    this.#tags = options.tags ?? []
    this.#operationId = options.operationId ?? randomUUID()
    this.#timer = setTimeout(() => this.#end.abort(TOO_LATE), execution_ms_max).unref()
    this.#signal = AbortSignal.any([this.#end.signal, ...(options.signal ? [options.signal] : [])])
    this.#retries = new Retries(channel.patience, this.#signal)
  }

  async *responses(): AsyncGenerator<ExecutePlanResponse, void, undefined> {
    for (;;) {
      this.#channel.assertOpen()
      this.#assertNotEnded()
      try {
        await this.#channel.connected()
        this.#retries.begun()
        for await (const response of this.#stream()) {
          if (this.#took(response) === 'complete') return
          if (response.responseType.case !== 'executionProgress') yield response
        }
        this.#next = 'reattach'
        await this.#retries.pause()
      } catch (thrown) {
        await this.#recover(thrown)
      }
    }
  }

  /** Lets the server forget the operation; one that still runs is ended by it. */
  end(): void {
    clearTimeout(this.#timer)
    this.#end.abort()
    this.#release({ case: 'releaseAll', value: {} })
  }

  #stream(): AsyncIterable<ExecutePlanResponse> {
    const { client } = this.#channel
    const request = { ...this.#identity, operationId: this.#operationId }
    const options = { signal: this.#signal, timeoutMs: 0 }
    if (this.#next === 'reattach') {
      const lastResponseId = this.#lastResponseId
      return client.reattachExecute(
        { ...request, ...(lastResponseId !== undefined && { lastResponseId }) },
        options,
      )
    }
    const reattach = { case: 'reattachOptions', value: { reattachable: true } } as const
    return client.executePlan(
      {
        ...request,
        plan: this.#plan,
        tags: [...this.#tags],
        requestOptions: [{ requestOption: reattach }],
      },
      options,
    )
  }

  #took(response: ExecutePlanResponse): 'complete' | 'more' {
    this.#retries.succeeded()
    this.#channel.observe(response)
    // Tricky: progress is told between responses, without an id; it is no place to go on from.
    if (response.responseId === '') return 'more'
    this.#lastResponseId = response.responseId
    const { responseType } = response
    if (responseType.case === 'resultComplete') return 'complete'
    if (responseType.case === 'arrowBatch') this.#unreleased_bytes += responseType.value.data.length
    if (this.#unreleased_bytes >= RELEASE_BYTES) {
      this.#unreleased_bytes = 0
      this.#release({ case: 'releaseUntil', value: { responseId: response.responseId } })
    }
    return 'more'
  }

  async #recover(thrown: unknown): Promise<void> {
    this.#assertNotEnded()
    const told = toldBy(thrown)
    if (
      this.#lastResponseId === undefined &&
      isUnknownOperation(told) &&
      this.#next === 'reattach'
    ) {
      // It never began there, so it is begun now, under the same id.
      this.#next = 'execute'
    } else if (isBroken(told) || (isKnownOperation(told) && this.#next === 'execute')) {
      this.#next = 'reattach'
    } else {
      throw await this.#channel.explained(told)
    }
    await this.#retries.failed(told)
  }

  #assertNotEnded(): void {
    if (!this.#signal.aborted) return
    throw this.#signal.reason === TOO_LATE
      ? new SparkError('timeout', 'Spark took longer than this execution may; it was ended there.')
      : new SparkError('interrupted', 'The execution was ended here.', {
          cause: this.#signal.reason,
        })
  }

  #release(release: Release): void {
    const { client, bounds } = this.#channel
    const request = { ...this.#identity, operationId: this.#operationId, release }
    this.#channel.later(client.releaseExecute(request, { timeoutMs: bounds.call_ms_max }))
  }
}

type Release =
  | { readonly case: 'releaseAll'; readonly value: Record<string, never> }
  | { readonly case: 'releaseUntil'; readonly value: { readonly responseId: string } }

const TOO_LATE = Object.freeze(new Error('execution_ms_max'))
