/**
 * One streaming query, which runs at the server whether anybody is connected or not. It ends by
 * `stop`, by an error, with its session, or with the server; with its checkpoint it can go on.
 */
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Channel } from './channel.ts'
import { SparkError } from './errors.ts'
import { type ExecuteOptions, execute } from './execution.ts'
import type {
  StreamingQueryCommandResult,
  StreamingQueryCommandSchema,
} from './generated/commands_pb.ts'

export interface StreamingStatus {
  readonly message: string
  readonly state: 'active' | 'ended'
  readonly data: 'waiting' | 'none'
  readonly trigger: 'running' | 'idle'
}

/** What Spark tells of each batch; more is in it than is named here. */
export interface StreamingProgress {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly timestamp: string
  readonly batchId: number
  readonly batchDuration: number
  readonly durationMs: Readonly<Record<string, number>>
  readonly eventTime?: { readonly watermark?: string; readonly max?: string }
  readonly stateOperators: readonly {
    readonly operatorName: string
    readonly numRowsTotal: number
    readonly numRowsDroppedByWatermark: number
    readonly memoryUsedBytes: number
  }[]
  readonly sources: readonly {
    readonly description: string
    readonly startOffset: unknown
    readonly endOffset: unknown
    readonly latestOffset: unknown
    readonly numInputRows: number
  }[]
  readonly sink: { readonly description: string; readonly numOutputRows?: number }
}

/** How long the server waits in one call for a query to end; then it is asked again. */
const AWAIT_MS = 10_000

type Asked = NonNullable<MessageInitShape<typeof StreamingQueryCommandSchema>['command']>
type Answer = StreamingQueryCommandResult['resultType']

export class StreamingQuery {
  /** Kept by the checkpoint: the same after each restart. */
  readonly id: string
  /** Of this start alone. */
  readonly runId: string
  readonly name: string | undefined
  readonly #channel: Channel

  constructor(channel: Channel, instance: { id: string; runId: string; name: string | undefined }) {
    this.#channel = channel
    this.id = instance.id
    this.runId = instance.runId
    this.name = instance.name || undefined
  }

  async status(): Promise<StreamingStatus> {
    const answer = await this.#ask({ case: 'status', value: true })
    if (answer.case !== 'status') throw unexpected(answer.case)
    const { statusMessage, isActive, isDataAvailable, isTriggerActive } = answer.value
    return {
      message: statusMessage,
      state: isActive ? 'active' : 'ended',
      data: isDataAvailable ? 'waiting' : 'none',
      trigger: isTriggerActive ? 'running' : 'idle',
    }
  }

  /** Of the last batch, if there was one. */
  async lastProgress(): Promise<StreamingProgress | undefined> {
    return (await this.#progress('lastProgress')).at(-1)
  }

  /** Of the last batches that the server keeps (100 by default), oldest first. */
  async recentProgress(): Promise<readonly StreamingProgress[]> {
    return await this.#progress('recentProgress')
  }

  /** Why it ended, if by an error. */
  async exception(): Promise<SparkError | undefined> {
    const answer = await this.#ask({ case: 'exception', value: true })
    // Tricky: of a query that is well there is no answer.
    if (answer.case !== 'exception') return undefined
    const { exceptionMessage, errorClass = '' } = answer.value
    if (!exceptionMessage) return undefined
    return new SparkError('failed', exceptionMessage, { errorClass })
  }

  /** Resolves when the batch that runs has been broken off and the query has ended. */
  async stop(): Promise<void> {
    await this.#run({ case: 'stop', value: true })
  }

  /**
   * Resolves when all that the sources hold now has been written; for tests, and never with a
   * source that always has more. Throws the error of a query that fails meanwhile.
   */
  async processAllAvailable(options: ExecuteOptions = {}): Promise<void> {
    await this.#run({ case: 'processAllAvailable', value: true }, options)
  }

  /** Throws the error of a query that failed. */
  async awaitTermination(timeout_ms: number): Promise<'ended' | 'active'> {
    const end_ms = performance.now() + timeout_ms
    for (;;) {
      const left_ms = Math.min(AWAIT_MS, Math.ceil(end_ms - performance.now()))
      const timeoutMs = BigInt(Math.max(1, left_ms))
      const answer = await this.#ask({ case: 'awaitTermination', value: { timeoutMs } })
      if (answer.case !== 'awaitTermination') throw unexpected(answer.case)
      if (answer.value.terminated) return 'ended'
      if (performance.now() >= end_ms) return 'active'
    }
  }

  /** The plan of the last batch. */
  async explain(mode: 'short' | 'extended' = 'short'): Promise<string> {
    const extended = mode === 'extended'
    const answer = await this.#ask({ case: 'explain', value: { extended } })
    if (answer.case !== 'explain') throw unexpected(answer.case)
    return answer.value.result
  }

  async #progress(asked: 'lastProgress' | 'recentProgress'): Promise<readonly StreamingProgress[]> {
    const answer = await this.#ask({ case: asked, value: true })
    // Tricky: before the first batch the answer is empty.
    if (answer.case !== 'recentProgress') return []
    return answer.value.recentProgressJson.map((json) => JSON.parse(json) as StreamingProgress)
  }

  async #ask(command: Asked): Promise<Answer> {
    return (await this.#run(command)) ?? { case: undefined }
  }

  async #run(command: Asked, options?: ExecuteOptions): Promise<Answer | undefined> {
    const queryId = { id: this.id, runId: this.runId }
    const commandType = {
      case: 'streamingQueryCommand',
      value: { queryId, command },
    } as const
    const plan = { opType: { case: 'command', value: { commandType } } } as const
    let answer: Answer | undefined
    for await (const { responseType } of execute(this.#channel, plan, options)) {
      if (responseType.case === 'streamingQueryCommandResult') {
        answer = responseType.value.resultType
      }
    }
    return answer
  }
}

const unexpected = (what: string | undefined): SparkError =>
  new SparkError(
    'protocol',
    `Spark answered a streaming query's command with ${what ?? 'nothing'}.`,
  )
