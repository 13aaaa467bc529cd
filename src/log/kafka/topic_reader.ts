/**
 * What a reader asks of a topic: where its partitions begin and end, and their records. Leaders
 * move while one reads: then it asks anew who they are.
 */
import type { RecordsBatch } from '@platformatic/kafka'
import { ClickpathError } from '../../std/errors.ts'
import type { Machine } from '../files/machine.ts'
import type { KafkaAddress } from './address.ts'
import { type Consumer, clientOptions, type Kafka, kafkaError, mayPass } from './client.ts'
import type { PartitionCopy } from './partition_copy.ts'

export interface PartitionState {
  readonly partition: number
  /** The first position that Kafka still holds. */
  readonly first: number
  /** Positions below it are on as many brokers as the topic demands. */
  readonly durable: number
}

export interface TopicState {
  readonly id: string
  readonly partitions: readonly PartitionState[]
}

const EARLIEST = -2n
const LATEST = -1n
const READ_COMMITTED = 1
/** Bytes of one answer, compressed: several times as many in memory. */
const ANSWER_BYTES_MAX = 8_000_000
const PARTITION_BYTES_MAX = 2_000_000
const WAIT_MS = 500
/** Answers without a record, or failures, one after another. */
const IDLE_MAX = 20

export class TopicReader {
  readonly #address: KafkaAddress
  readonly #consumer: Consumer
  readonly #after: Machine['after']
  #id: string | null = null

  constructor(kafka: Kafka, address: KafkaAddress, after: Machine['after']) {
    this.#address = address
    this.#after = after
    // It joins no group: where the tables are is in their own transaction.
    this.#consumer = new kafka.Consumer({ ...clientOptions(address), groupId: 'clickpath' })
    this.#consumer.topics.track(address.topic)
  }

  /** Null while nobody has made the topic. Throws `KAFKA_AWAY`, `KAFKA_REFUSED`, `KAFKA_TOPIC`. */
  async state(): Promise<TopicState | null> {
    const { topic } = this.#address
    try {
      const id = await this.#topicId()
      if (id === null) return null
      const asked = { topics: [topic], isolationLevel: READ_COMMITTED }
      const [first, durable] = await Promise.all([
        this.#consumer.listOffsets({ ...asked, timestamp: EARLIEST }),
        this.#consumer.listOffsets({ ...asked, timestamp: LATEST }),
      ])
      const ends = durable.get(topic) ?? []
      const begins = first.get(topic) ?? []
      const partitions = ends.map((end, partition) => {
        return { partition, first: Number(begins[partition] ?? 0n), durable: Number(end) }
      })
      return { id, partitions }
    } catch (thrown) {
      throw kafkaError(this.#address, thrown)
    }
  }

  /** Reads until each copy has what it wants. */
  async fetch(copies: readonly PartitionCopy[]): Promise<void> {
    let idle = 0
    let leaders = copies.length > 0 ? await this.#leaders('known') : []
    for (let open = copies; open.length > 0; open = open.filter(({ state }) => state === 'open')) {
      const taken = await this.#fetchOnce(open, leaders)
      idle = taken === 'some' ? 0 : idle + 1
      if (taken === 'some') continue
      if (idle === IDLE_MAX) {
        const [broker = ''] = this.#address.brokers
        throw new ClickpathError('KAFKA_AWAY', broker, 'it gives none of the records that it has')
      }
      await new Promise<void>((resolve) => void this.#after(WAIT_MS, resolve))
      leaders = await this.#leaders('anew')
    }
  }

  async close(): Promise<void> {
    await this.#consumer.close().catch(() => undefined) // Its connections are gone, then.
  }

  async #topicId(): Promise<string | null> {
    const { topic } = this.#address
    const metadata = await this.#consumer
      .metadata({ topics: [topic], retries: 0 })
      .catch((thrown: Error) => {
        if (/unknown topic/i.test(thrown.message)) return null
        throw thrown
      })
    const id = metadata?.topics.get(topic)?.id ?? null
    if (this.#id !== null && id !== this.#id) {
      const how = id === null ? 'it was deleted' : 'it was deleted and made anew'
      const cure = 'start Clickpath again, and the tables are built from what it holds'
      throw new ClickpathError('KAFKA_TOPIC', topic, `${how} while it was read: ${cure}`)
    }
    this.#id = id
    return id
  }

  /** The broker of each partition. */
  async #leaders(how: 'known' | 'anew'): Promise<readonly number[]> {
    const { topic } = this.#address
    try {
      const asked = { topics: [topic], forceUpdate: how === 'anew' }
      const found = (await this.#consumer.metadata(asked)).topics.get(topic)
      return found?.partitions.map(({ leader }) => leader) ?? []
    } catch (thrown) {
      throw kafkaError(this.#address, thrown)
    }
  }

  async #fetchOnce(
    copies: readonly PartitionCopy[],
    leaders: readonly number[],
  ): Promise<'some' | 'none'> {
    const byLeader = Map.groupBy(copies, ({ request }) => leaders[request.partition] ?? -1)
    byLeader.delete(-1)
    const answers = await Promise.all(
      [...byLeader].map(([leader, some]) => this.#ask(leader, some)),
    )
    let taken: 'some' | 'none' = 'none'
    for (const { partition, batches } of answers.flat()) {
      const copy = copies.find(({ request }) => request.partition === partition)
      if (!copy) continue
      const before = copy.position
      await copy.take(batches)
      if (copy.position > before || copy.state === 'done') taken = 'some'
    }
    return taken
  }

  /** Nothing where the leader has moved or is gone. */
  async #ask(leader: number, copies: readonly PartitionCopy[]) {
    const partitions = copies.map(({ request, position }) => ({
      partition: request.partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(position),
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_BYTES_MAX,
    }))
    try {
      const answer = await this.#consumer.fetch({
        node: leader,
        topics: [{ topicId: this.#id ?? '', partitions }],
        maxWaitTime: WAIT_MS,
        minBytes: 1,
        maxBytes: ANSWER_BYTES_MAX,
        isolationLevel: READ_COMMITTED,
      })
      return batchesIn(answer)
    } catch (thrown) {
      if (mayPass(thrown)) return []
      throw kafkaError(this.#address, thrown)
    }
  }
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>

interface PartitionBatches {
  readonly partition: number
  readonly batches: readonly RecordsBatch[]
}

function batchesIn({ responses }: FetchResponse): readonly PartitionBatches[] {
  return responses.flatMap(({ partitions }) =>
    partitions.map(({ partitionIndex, records }) => {
      return { partition: partitionIndex, batches: (records ?? []) as readonly RecordsBatch[] }
    }),
  )
}
