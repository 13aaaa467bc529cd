/**
 * Kafka in: reads a topic that a shop fills already, through the formats and steps of HTTP, into
 * the log. What was read is told to Kafka only after it is durable here, so a kill reads some of it
 * again, and the ids of its events count it once. While Kafka or the log do not answer, it waits
 * and goes on by itself.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, MessagesStream } from '@platformatic/kafka'
import type { LaneWriter } from '../log/contract.ts'
import type { KafkaAddress } from '../log/kafka/address.ts'
import { type Consumer, clientOptions, type Kafka, loadKafka } from '../log/kafka/client.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import { causeOf, type Say, tell } from '../std/notices.ts'
import type { Settings } from '../std/settings.ts'
import type { MessageFormat } from './from_kafka_formats.ts'
import { type Beginning, type Group, openGroup } from './from_kafka_group.ts'
import { idOfPlace, takeMessages } from './from_kafka_messages.ts'
import { createPipeline, type Pipeline } from './steps/pipeline.ts'
import type { Random, Step, StepContext } from './steps/step.ts'

export interface TopicSourceOptions {
  readonly address: KafkaAddress
  readonly format: MessageFormat
  /** The source that its events are counted under. */
  readonly source: string
  /** Readers of one group share the topic's partitions. */
  readonly group: string
  readonly beginning: Beginning
  /** `never`: goes on until it is stopped; `at the end`: of what the topic held at the start. */
  readonly ends: 'never' | 'at the end'
  readonly lane: LaneWriter
  /** The shop's own steps, after ours. */
  readonly steps: readonly Step[]
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  readonly say: Say
  readonly signal: AbortSignal
  onProgress(sums: SourceSums): void
}

export interface SourceSums {
  readonly messages: number
  readonly bytes: number
  readonly accepted: number
  readonly invalid: number
  readonly filtered: number
}

/** Messages taken together: one append, one word to Kafka. */
const MESSAGES_MAX = 2_000
const BYTES_MAX = 1_000_000
const RETRY_MS = 1_000
/** A reader that says nothing for so long is taken for gone, and others read what it did. */
const MEMBERSHIP = { sessionTimeout: 10_000, heartbeatInterval: 2_500, rebalanceTimeout: 30_000 }
/** Bytes that are asked for at once; as many again wait to be taken. */
const FETCH_BYTES_MAX = 4_000_000

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>

/** Resolves when it was stopped, or at the end. Throws what waiting cannot mend. */
export async function readTopic(options: TopicSourceOptions): Promise<SourceSums> {
  const source = new TopicSource(options, await loadKafka())
  await source.run()
  return source.sums
}

class TopicSource {
  readonly #options: TopicSourceOptions
  readonly #kafka: Kafka
  readonly #pipeline: Pipeline
  #sums: SourceSums = { messages: 0, bytes: 0, accepted: 0, invalid: 0, filtered: 0 }
  #beginning: Beginning

  constructor(options: TopicSourceOptions, kafka: Kafka) {
    this.#options = options
    this.#kafka = kafka
    this.#pipeline = createPipeline(options.steps)
    this.#beginning = options.beginning
  }

  get sums(): SourceSums {
    return this.#sums
  }

  async run(): Promise<void> {
    const { signal, address, say } = this.#options
    while (!signal.aborted) {
      try {
        await this.#read()
        return
      } catch (thrown) {
        if (signal.aborted) return
        if (!mayPassLater(thrown)) throw thrown
        tell(say, 'SOURCE_WAITS', address.topic, causeOf(thrown))
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined) // Aborted: it ends.
      }
    }
  }

  async #read(): Promise<void> {
    const { address, group: groupId, signal } = this.#options
    const group = await openGroup(this.#kafka, address, groupId, this.#beginning)
    // Once told to Kafka, what is read since counts.
    this.#beginning = 'where it ended'
    const left = new Left(group, this.#options.ends)
    if (left.isNothing) return
    const consumer = new this.#kafka.Consumer({ ...clientOptions(address), groupId })
    try {
      const stream = await consumer.consume({
        topics: [address.topic],
        ...MEMBERSHIP,
        mode: 'committed',
        fallbackMode: 'fail',
        autocommit: false,
        isolationLevel: 1,
        maxBytes: FETCH_BYTES_MAX,
        highWaterMark: MESSAGES_MAX,
      })
      try {
        for await (const messages of batchesOf(stream, signal)) {
          await this.#take(messages, group)
          await commit(consumer, messages)
          left.note(messages)
          if (left.isNothing) return
        }
      } finally {
        await stream.close()
      }
    } finally {
      await consumer.close(true).catch(() => undefined) // Kafka notices by itself that it is gone.
    }
  }

  /** Resolves when all they hold is durable. */
  async #take(messages: readonly Message[], { topic_id }: Group): Promise<void> {
    const { format } = this.#options
    // A message without a value says that something is gone, and we keep what happened.
    const told = messages.filter(({ value }) => value !== null && value !== undefined)
    const placed = told.map(({ value, partition, offset, timestamp }) => ({
      text: value.toString('utf8'),
      id: idOfPlace(topic_id, partition, offset),
      time: new Date(Number(timestamp)).toISOString(),
    }))
    const taken = takeMessages(placed, format, this.#pipeline, this.#context())
    if (taken.count > 0) await this.#append(taken)
    const { accepted, invalid, filtered } = taken.outcomes
    const before = this.#sums
    this.#sums = {
      messages: before.messages + messages.length,
      bytes: before.bytes + told.reduce((sum, { value }) => sum + value.length, 0),
      accepted: before.accepted + accepted,
      invalid: before.invalid + invalid,
      filtered: before.filtered + filtered,
    }
    this.#options.onProgress(this.#sums)
  }

  /** Tries as long as it takes: Kafka keeps the messages. */
  async #append({ lines, count, keys }: ReturnType<typeof takeMessages>): Promise<void> {
    const { lane, say, signal, address } = this.#options
    for (let told = 'not yet'; ; told = 'told') {
      try {
        await lane.append(lines, count, keys)
        return
      } catch (thrown) {
        if (!mayPassLater(thrown) || signal.aborted) throw thrown
        if (told === 'not yet') tell(say, 'SOURCE_WAITS', address.topic, causeOf(thrown))
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined) // Aborted: it ends.
      }
    }
  }

  #context(): StepContext {
    const { source, settings, clock, random } = this.#options
    const received_ms = clock.now_ms()
    return {
      source,
      origin: 'server',
      received_ms,
      received_at: new Date(received_ms).toISOString(),
      sent_ms: undefined,
      escapes: 'some',
      settings,
      random,
    }
  }
}

/** What there was at the start and is not read yet. */
class Left {
  readonly #ends: Map<number, bigint>

  constructor({ from, ends }: Group, when: TopicSourceOptions['ends']) {
    const due = ends.map((end, partition) => [partition, end] as const)
    this.#ends = new Map(due.filter(([partition, end]) => (from[partition] ?? 0n) < end))
    if (when === 'never') this.#ends.set(-1, 0n)
  }

  get isNothing(): boolean {
    return this.#ends.size === 0
  }

  note(messages: readonly Message[]): void {
    for (const { partition, offset } of messages) {
      const end = this.#ends.get(partition)
      if (end !== undefined && offset + 1n >= end) this.#ends.delete(partition)
    }
  }
}

function mayPassLater(thrown: unknown): boolean {
  if (thrown instanceof ClickpathError)
    return thrown.retry !== 'never' && thrown.code !== 'LOG_FAILED'
  // What the client throws of itself: the stream ends with the connection, or the group changed.
  return 'findBy' in (thrown as object)
}

/** All that is there, up to the bounds; ends when it is aborted. */
async function* batchesOf(stream: Stream, signal: AbortSignal): AsyncGenerator<readonly Message[]> {
  const ended = new AbortController()
  const stop = AbortSignal.any([signal, ended.signal])
  let failure: unknown
  stream.on('error', (error) => {
    failure = error
    ended.abort()
  })
  stream.on('end', () => ended.abort())
  // Without a listener of this event nothing is fetched at all.
  stream.on('readable', () => undefined)
  while (!stop.aborted) {
    const messages: Message[] = []
    for (let bytes = 0; messages.length < MESSAGES_MAX && bytes < BYTES_MAX; ) {
      const message = stream.read() as Message | null
      if (message === null) break
      messages.push(message)
      bytes += message.value?.length ?? 0
    }
    if (messages.length > 0) yield messages
    else await once(stream, 'readable', { signal: stop }).catch(() => undefined) // Looked at above.
  }
  if (failure !== undefined && !signal.aborted) throw failure
}

/** The place after the last message of each partition. */
async function commit(consumer: Consumer, messages: readonly Message[]): Promise<void> {
  const last = new Map(messages.map((message) => [message.partition, message]))
  const offsets = [...last.values()].map(({ topic, partition, offset, leaderEpoch }) => {
    return { topic, partition, offset: offset + 1n, leaderEpoch }
  })
  await consumer.commit({ offsets })
}
