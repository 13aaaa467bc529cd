/**
 * A session at a Spark Connect server: what a program asks Spark through. Views, settings and
 * streaming queries belong to it and live at the server. It ends there by `release`, with the
 * server, or when nothing was asked of it for an hour (the server's setting), whatever runs in it.
 */
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Table } from 'apache-arrow'
import { type Row, rowsOf, tableOf } from './arrow_rows.ts'
import { type BatchWrite, writeOf } from './batch_write.ts'
import type { Channel } from './channel.ts'
import { type ColumnType, columnTypes } from './column_types.ts'
import { SparkError } from './errors.ts'
import { type ExecuteOptions, execute, type Plan } from './execution.ts'
import {
  type AnalyzePlanRequestSchema,
  type AnalyzePlanResponse,
  type ConfigRequest_OperationSchema,
  type ConfigResponse,
  type ExecutePlanResponse,
  AnalyzePlanRequest_Explain_ExplainMode as ExplainMode,
  InterruptRequest_InterruptType as InterruptType,
} from './generated/base_pb.ts'
import type { CommandSchema } from './generated/commands_pb.ts'
import { type Arguments, type Relation, sql } from './relations.ts'
import { type StreamStart, startOf } from './stream_start.ts'
import { StreamingQuery } from './streaming_query.ts'

type Command = NonNullable<MessageInitShape<typeof CommandSchema>['commandType']>
type Analysis = NonNullable<MessageInitShape<typeof AnalyzePlanRequestSchema>['analyze']>
type ConfigOperation = NonNullable<MessageInitShape<typeof ConfigRequest_OperationSchema>['opType']>

const EXPLAIN_MODES = {
  simple: ExplainMode.SIMPLE,
  extended: ExplainMode.EXTENDED,
  cost: ExplainMode.COST,
  formatted: ExplainMode.FORMATTED,
}

export type Interrupted = 'all' | { readonly tag: string } | { readonly operationId: string }

/** Every method throws SparkError. */
export class SparkSession {
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Keep it, to come back to the streaming queries from another process. */
  get id(): string {
    return this.#channel.sessionId
  }

  /** Of Spark, such as `4.2.0`. */
  async version(): Promise<string> {
    const { result } = await this.#analyze({ case: 'sparkVersion', value: {} })
    return result.case === 'sparkVersion' ? result.value.version : refuse(result.case)
  }

  /** Columns of what the relation gives. */
  async schema(relation: Relation): Promise<readonly ColumnType[]> {
    const { result } = await this.#analyze({ case: 'schema', value: { plan: root(relation) } })
    return result.case === 'schema' ? columnTypes(result.value.schema) : refuse(result.case)
  }

  async explain(
    relation: Relation,
    mode: keyof typeof EXPLAIN_MODES = 'formatted',
  ): Promise<string> {
    const value = { plan: root(relation), explainMode: EXPLAIN_MODES[mode] }
    const { result } = await this.#analyze({ case: 'explain', value })
    return result.case === 'explain' ? result.value.explainString : refuse(result.case)
  }

  async isStreaming(relation: Relation): Promise<boolean> {
    const { result } = await this.#analyze({ case: 'isStreaming', value: { plan: root(relation) } })
    return result.case === 'isStreaming' ? result.value.isStreaming : refuse(result.case)
  }

  /** Settings of the session; one that is not set has no entry. */
  async config(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { pairs } = await this.#config({ case: 'getOption', value: { keys: [...keys] } })
    return new Map(
      pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
    )
  }

  /** Returns what Spark warns of. What only the server's start can set is refused by Spark. */
  async setConfig(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }))
    return (await this.#config({ case: 'set', value: { pairs } })).warnings
  }

  async unsetConfig(keys: readonly string[]): Promise<void> {
    await this.#config({ case: 'unset', value: { keys: [...keys] } })
  }

  /**
   * The rows of the relation as Spark sends them, batch by batch; stopping early ends the work.
   * Tricky: Spark computes on while nobody reads, and holds it all in the server's memory. What is
   * larger than that, `write` to files and read those.
   */
  async *arrow(relation: Relation, options?: ExecuteOptions): AsyncGenerator<Table> {
    for await (const { responseType } of execute(this.#channel, root(relation), options)) {
      if (responseType.case === 'arrowBatch') yield tableOf(responseType.value.data)
    }
  }

  /** The same as plain rows. */
  async *rows(relation: Relation, options?: ExecuteOptions): AsyncGenerator<readonly Row[]> {
    for await (const table of this.arrow(relation, options)) yield rowsOf(table)
  }

  /** All rows at once, at most `rows_max` of the session's bounds. */
  async collect(relation: Relation, options?: ExecuteOptions): Promise<readonly Row[]> {
    const { rows_max } = this.#channel.bounds
    const all: Row[] = []
    for await (const rows of this.rows(relation, options)) {
      if (all.length + rows.length > rows_max) {
        throw new SparkError('too_large', `More than ${rows_max} rows: read them with rows().`)
      }
      for (const row of rows) all.push(row)
    }
    return all
  }

  /** Runs any statement, DDL included, once, and gives the rows of its answer. */
  async run(query: string, given?: Arguments, options?: ExecuteOptions): Promise<readonly Row[]> {
    const command = { case: 'sqlCommand', value: { input: sql(query, given) } } as const
    const answer = await this.#command(command, 'sqlCommandResult', options)
    const relation = answer.relation
    if (!relation) return []
    const { relType } = relation
    if (relType.case !== 'localRelation') return await this.collect(relation, options)
    return relType.value.data ? rowsOf(tableOf(relType.value.data)) : []
  }

  /** Names a relation within the session; a view of that name is replaced. */
  async createView(name: string, input: Relation): Promise<void> {
    await this.#command({ case: 'createDataframeView', value: { name, input, replace: true } })
  }

  async write(write: BatchWrite, options?: ExecuteOptions): Promise<void> {
    const value = writeOf(write)
    await this.#command({ case: 'writeOperation', value }, undefined, options)
  }

  async startStream(start: StreamStart): Promise<StreamingQuery> {
    const command = { case: 'writeStreamOperationStart', value: startOf(start) } as const
    const { queryId, name } = await this.#command(command, 'writeStreamOperationStartResult')
    return this.#query(queryId, name)
  }

  /** The streaming queries of this session that have not ended. */
  async streams(): Promise<readonly StreamingQuery[]> {
    const value = { command: { case: 'active', value: true } } as const
    const command = { case: 'streamingQueryManagerCommand', value } as const
    const answer = await this.#command(command, 'streamingQueryManagerCommandResult')
    if (answer.resultType.case !== 'active') return refuse(answer.resultType.case)
    return answer.resultType.value.activeQueries.map(({ id, name }) => this.#query(id, name))
  }

  /** The one of that id, while it runs. */
  async stream(id: string): Promise<StreamingQuery | undefined> {
    return (await this.streams()).find((query) => query.id === id)
  }

  /** Ends executions of this session, not streaming queries. Returns their ids. */
  async interrupt(which: Interrupted): Promise<readonly string[]> {
    const request = interruption(which)
    const { interruptedIds } = await this.#channel.call((identity, options) =>
      this.#channel.client.interrupt({ ...identity, ...request }, options),
    )
    return interruptedIds
  }

  /**
   * Pings now and then, so that the session is not ended for want of questions: that would stop its
   * streaming queries. `failed` is told of each ping that was in vain; pinging goes on.
   */
  keepAlive(every_ms: number, failed: (error: SparkError) => void): Disposable {
    const ping = (): void => {
      this.version().catch((error: unknown) => {
        if (error instanceof SparkError) failed(error)
      })
    }
    const timer = setInterval(ping, every_ms).unref()
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }

  /**
   * After `session_lost`: goes on with the server that is there now, under the same id or another
   * (an id that was released or timed out is refused by the server that ended it). Views, settings
   * and streaming queries have to be made again; those with a checkpoint go on where they were.
   */
  async renew(id?: string): Promise<void> {
    this.#channel.renew(id)
    // Only who has seen a life of the server is told when it ends.
    await this.version()
  }

  /** Ends the session at the server, with all that runs in it, and the connection. */
  async release(): Promise<void> {
    await this.#channel.call((identity, options) =>
      this.#channel.client.releaseSession(identity, options),
    )
    await this.close()
  }

  /** Ends the connection alone. The session goes on, and its streaming queries with it. */
  async close(): Promise<void> {
    await this.#channel.close()
  }

  async #analyze(analyze: Analysis): Promise<AnalyzePlanResponse> {
    return await this.#channel.call((identity, options) =>
      this.#channel.client.analyzePlan({ ...identity, analyze }, options),
    )
  }

  async #config(opType: ConfigOperation): Promise<ConfigResponse> {
    return await this.#channel.call((identity, options) =>
      this.#channel.client.config({ ...identity, operation: { opType } }, options),
    )
  }

  #query(instance: { id: string; runId: string } | undefined, name?: string): StreamingQuery {
    if (!instance) return refuse('a query without id')
    return new StreamingQuery(this.#channel, { ...instance, name })
  }

  async #command<Case extends Answered = never>(
    commandType: Command,
    wanted?: Case,
    options?: ExecuteOptions,
  ): Promise<AnswerOf<Case>> {
    const plan = { opType: { case: 'command', value: { commandType } } } as const
    let answer: unknown
    for await (const { responseType } of execute(this.#channel, plan, options)) {
      if (responseType.case === wanted) answer = responseType.value
    }
    if (wanted !== undefined && answer === undefined) return refuse(`no ${wanted}`)
    return answer as AnswerOf<Case>
  }
}

type Answered = NonNullable<ExecutePlanResponse['responseType']['case']>
type AnswerOf<Case> = Extract<ExecutePlanResponse['responseType'], { case: Case }>['value']

const root = (relation: Relation): Plan => ({ opType: { case: 'root', value: relation } })

function interruption(which: Interrupted) {
  if (which === 'all') return { interruptType: InterruptType.ALL }
  if ('tag' in which) {
    const interrupt = { case: 'operationTag', value: which.tag } as const
    return { interruptType: InterruptType.TAG, interrupt }
  }
  const interrupt = { case: 'operationId', value: which.operationId } as const
  return { interruptType: InterruptType.OPERATION_ID, interrupt }
}

function refuse(what: string | undefined): never {
  throw new SparkError('protocol', `Spark answered with ${what ?? 'nothing'} where more was asked.`)
}
