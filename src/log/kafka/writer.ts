/**
 * A lane writer whose records go to a topic: each to the partition of its key, and those without
 * one to the partitions in turn. What is acknowledged is on as many brokers as the topic demands.
 * While no broker answers it refuses, and it goes on by itself when one does.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Durable, Keys, LaneWriter } from '../contract.ts'
import { type Machine, thisMachine } from '../files/machine.ts'
import type { KafkaAddress } from './address.ts'
import { type Kafka, loadKafka } from './client.ts'
import { partitionOf } from './murmur2.ts'
import { type Entry, PartitionWriter } from './partition_writer.ts'
import { ensureTopic, type Topic } from './topic.ts'

export interface KafkaWriterOptions {
  readonly address: KafkaAddress
  /** Who writes; a topic has no lanes but its partitions. */
  readonly lane: string
  readonly settings: Pick<
    Settings,
    'append_queue_bytes_max' | 'sync_ms_max' | 'kafka_partitions' | 'kafka_replication'
  >
  readonly machine?: Machine
}

/** Bytes after which a batch takes no further records. */
const BATCH_BYTES_MAX = 1_000_000
/** What Kafka adds to a batch, and to each record of it, at most. */
const BATCH_HEAD_BYTES = 200
const RECORD_HEAD_BYTES = 40
const NEWLINE = 0x0a
const LOOK_MS = 1_000

/**
 * Opens the topic, and makes it where it is missing; where no broker answers, goes on trying and
 * refuses meanwhile. Throws `KAFKA_TOPIC` and `KAFKA_REFUSED` where that cannot help.
 */
export async function openKafkaWriter(options: KafkaWriterOptions): Promise<LaneWriter> {
  const kafka = await loadKafka()
  const writer = new KafkaWriter(options, kafka)
  await writer.open()
  return writer
}

class KafkaWriter implements LaneWriter {
  readonly lane: string
  readonly #options: KafkaWriterOptions
  readonly #kafka: Kafka
  readonly #after: Machine['after']
  #topic: Topic | null = null
  #batch_bytes_max = 0
  #partitions: readonly PartitionWriter[] = []
  /** Why nothing is taken before the topic is open. */
  #away: string | null = 'Kafka has not been asked yet'
  #ended: ClickpathError | null = null
  /** Bytes that wait for an answer. */
  #queued_bytes = 0
  #turn = 0

  constructor(options: KafkaWriterOptions, kafka: Kafka) {
    this.lane = options.lane
    this.#options = options
    this.#kafka = kafka
    this.#after = (options.machine ?? thisMachine).after
  }

  async open(): Promise<void> {
    try {
      await this.#openTopic()
    } catch (thrown) {
      if (!isAway(thrown)) throw thrown
      this.#away = thrown.message
      void this.#openLater()
    }
  }

  append(lines: Buffer, count: number, keys?: Keys): Promise<Durable> {
    const ended = this.#whyEnded()
    if (ended) return Promise.reject(ended)
    const entries = entriesOf(lines, keys)
    const mistake = mistakeIn(lines, count, entries, keys)
    if (mistake !== null) return Promise.reject(new TypeError(mistake))
    const refusal = this.#refusal(lines.length)
    if (refusal !== null) return Promise.reject(new ClickpathError('LOG_FULL', refusal))
    return this.#append(entries, lines.length)
  }

  refusal(): string | null {
    return this.#whyEnded()?.message ?? this.#refusal(1)
  }

  get waiting_bytes(): number {
    return this.#queued_bytes
  }

  async close(): Promise<void> {
    this.#ended ??= new ClickpathError('LOG_FAILED', 'the log has been closed')
    await Promise.all(this.#partitions.map((partition) => partition.close()))
  }

  #whyEnded(): ClickpathError | null {
    return this.#ended ?? this.#partitions.find(({ ended }) => ended)?.ended ?? null
  }

  #refusal(bytes: number): string | null {
    if (this.#away !== null) return this.#away
    const silent = this.#partitions.find(({ silence }) => silence !== null)
    if (silent) return silent.silence
    const { append_queue_bytes_max } = this.#options.settings
    // One append larger than the queue is taken when nothing else waits, or it would never be.
    if (this.#queued_bytes > 0 && this.#queued_bytes + bytes > append_queue_bytes_max) {
      return `${this.#queued_bytes} bytes wait for Kafka`
    }
    return null
  }

  async #append(entries: readonly Entry[], bytes: number): Promise<Durable> {
    const { message_bytes_max = 0 } = this.#topic ?? {}
    const most = message_bytes_max - BATCH_HEAD_BYTES
    const large = entries.find((entry) => sizeOf(entry) > most)
    if (large) {
      const { topic } = this.#options.address
      const why = `A record has ${large.value.length} bytes; the topic ${topic} takes ${most}`
      throw new ClickpathError('BAD_REQUEST', `${why} (its max.message.bytes).`)
    }
    const routes = this.#routesOf(entries)
    this.#queued_bytes += bytes
    try {
      const [first = 0] = await Promise.all(
        [...routes].flatMap(([partition, routed]) =>
          chunksOf(routed, this.#batch_bytes_max).map((chunk) =>
            partition.append(chunk.entries, chunk.bytes),
          ),
        ),
      )
      return { first_position: first, count: entries.length }
    } finally {
      this.#queued_bytes -= bytes
    }
  }

  /** In the order in which each partition comes first. */
  #routesOf(entries: readonly Entry[]): ReadonlyMap<PartitionWriter, readonly Entry[]> {
    const routes = new Map<PartitionWriter, Entry[]>()
    this.#turn += 1
    for (const entry of entries) {
      const { length } = this.#partitions
      const number = entry.key ? partitionOf(entry.key, length) : this.#turn % length
      const partition = this.#partitions[number]
      if (!partition) throw new ClickpathError('INTERNAL', 'the topic has no partitions')
      const routed = routes.get(partition)
      if (routed) routed.push(entry)
      else routes.set(partition, [entry])
    }
    return routes
  }

  async #openTopic(): Promise<void> {
    const { address, settings } = this.#options
    const topic = await ensureTopic(this.#kafka, address, settings, (ms) => this.#pause(ms))
    const { sync_ms_max } = settings
    const shared = { kafka: this.#kafka, address, topic, sync_ms_max, after: this.#after }
    const batch_bytes_max = Math.min(BATCH_BYTES_MAX, topic.message_bytes_max - BATCH_HEAD_BYTES)
    this.#topic = topic
    this.#batch_bytes_max = batch_bytes_max
    this.#partitions = Array.from({ length: topic.partitions }, (_, partition) => {
      return new PartitionWriter({ ...shared, partition, batch_bytes_max })
    })
    this.#away = null
  }

  async #openLater(): Promise<void> {
    while (!this.#ended && this.#away !== null) {
      await this.#pause(LOOK_MS)
      await this.#openTopic().catch((thrown: unknown) => {
        if (isAway(thrown)) this.#away = thrown.message
        else this.#ended ??= new ClickpathError('LOG_FAILED', (thrown as Error).message)
      })
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#after(ms, resolve))
  }
}

function isAway(thrown: unknown): thrown is ClickpathError {
  return thrown instanceof ClickpathError && thrown.code === 'KAFKA_AWAY'
}

function entriesOf(lines: Buffer, keys: Keys | undefined): readonly Entry[] {
  const entries: Entry[] = []
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf(NEWLINE, from)
    if (end < 0) break
    const key = keys?.[entries.length] ?? null
    entries.push({ key: key === null ? null : Buffer.from(key), value: lines.subarray(from, end) })
    from = end + 1
  }
  return entries
}

function mistakeIn(
  lines: Buffer,
  count: number,
  entries: readonly Entry[],
  keys: Keys | undefined,
): string | null {
  if (!Number.isSafeInteger(count) || count < 1) return `count is ${count}; it must be 1 or more`
  if (lines.at(-1) !== NEWLINE) return 'lines must end with a newline'
  if (entries.length !== count) return `count is ${count}, and the lines are ${entries.length}`
  if (keys && keys.length !== count) return `count is ${count}, and the keys are ${keys.length}`
  return null
}

const sizeOf = ({ key, value }: Entry) => RECORD_HEAD_BYTES + (key?.length ?? 0) + value.length

/** Parts that fit into one batch each. */
function chunksOf(entries: readonly Entry[], bytes_max: number) {
  const chunks: { entries: Entry[]; bytes: number }[] = []
  for (const entry of entries) {
    const size = sizeOf(entry)
    const last = chunks.at(-1)
    if (last && last.bytes + size <= bytes_max) {
      last.entries.push(entry)
      last.bytes += size
    } else chunks.push({ entries: [entry], bytes: size })
  }
  return chunks
}
