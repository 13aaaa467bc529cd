/**
 * A server that speaks Spark Connect without Spark: it answers as a test says, and remembers what
 * it was asked. For what a real server does too seldom to wait for it.
 */
import { once } from 'node:events'
import { createServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { BOUNDS } from '../../src/engine/spark/connect/bounds.ts'
import { type ConnectOptions, connect } from '../../src/engine/spark/connect/connect.ts'
import {
  type ExecutePlanRequest,
  type ExecutePlanResponseSchema,
  type ReattachExecuteRequest,
  type ReleaseExecuteRequest,
  SparkConnectService,
} from '../../src/engine/spark/connect/generated/base_pb.ts'
import { ErrorInfoSchema } from '../../src/engine/spark/connect/generated/error_details_pb.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'

export type Response = MessageInitShape<typeof ExecutePlanResponseSchema>

/** What one stream of answers does: gives responses, then ends, throws, or loses its connection. */
export type Stream = () => AsyncGenerator<Response>

export interface FakeSpark {
  readonly session: SparkSession
  readonly executed: ExecutePlanRequest[]
  readonly reattached: ReattachExecuteRequest[]
  readonly released: ReleaseExecuteRequest[]
  /** The values of the header `authorization`, and of the server sessions that clients had seen. */
  readonly tokens: (string | null)[]
  readonly observed: (string | undefined)[]
  /** The answers to the next executions and reattachments, in order. */
  readonly streams: Stream[]
  /** Of the next answers: which life of the server gives them. */
  life: string
  breakConnections(): void
}

export async function fakeSpark(t: TestContext, options: FakeOptions = {}): Promise<FakeSpark> {
  const connections = new Set<ServerHttp2Session>()
  const asked: Omit<FakeSpark, 'session'> = {
    ...{ executed: [], reattached: [], released: [], tokens: [], observed: [], streams: [] },
    life: 'first',
    breakConnections: () => {
      for (const connection of connections) connection.destroy()
    },
  }
  const next = async function* (): AsyncGenerator<Response> {
    const stream = asked.streams.shift()
    if (!stream) throw new ConnectError('the test gave no answer for this', Code.FailedPrecondition)
    for await (const response of stream()) yield { serverSideSessionId: asked.life, ...response }
  }
  const handler = connectNodeAdapter({
    routes: (router) =>
      router.service(SparkConnectService, {
        analyzePlan: (request, { requestHeader }) => {
          asked.tokens.push(requestHeader.get('authorization'))
          asked.observed.push(request.clientObservedServerSideSessionId)
          const result = { case: 'sparkVersion', value: { version: '4.2.0' } } as const
          return { serverSideSessionId: asked.life, result }
        },
        executePlan: (request) => {
          asked.executed.push(request)
          return next()
        },
        reattachExecute: (request) => {
          asked.reattached.push(request)
          return next()
        },
        releaseExecute: (request) => {
          asked.released.push(request)
          return {}
        },
      }),
  })
  const server = createServer(handler).on('session', (connection: ServerHttp2Session) => {
    connections.add(connection.on('close', () => connections.delete(connection)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const session = await connect(`sc://127.0.0.1:${port}${options.parameters ?? ''}`, {
    ...options,
    bounds: { ...BOUNDS, backoff_first_ms: 1, backoff_most_ms: 10, ...options.bounds },
  })
  t.after(async () => {
    await session.close()
    server.close()
    asked.breakConnections()
  })
  return Object.assign(asked, { session })
}

interface FakeOptions extends ConnectOptions {
  /** The end of the address. */
  readonly parameters?: string
}

/** Numbers as a batch of rows, under the id of a response. */
export function batch(responseId: string, values: readonly number[]): Response {
  const data = tableToIPC(tableFromArrays({ n: Int32Array.from(values) }), 'stream')
  const value = { rowCount: BigInt(values.length), data }
  return { responseId, responseType: { case: 'arrowBatch', value } }
}

export const COMPLETE: Response = {
  responseId: 'complete',
  responseType: { case: 'resultComplete', value: {} },
}

/** As Spark tells of an error with a class. */
export function sparkAnswer(errorClass: string, code = Code.Internal): ConnectError {
  const value = { reason: 'org.apache.spark.SparkException', metadata: { errorClass } }
  return new ConnectError(`[${errorClass}] told`, code, undefined, [
    { desc: ErrorInfoSchema, value },
  ])
}
