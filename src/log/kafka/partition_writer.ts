/**
 * The writer of one partition: group commit. Records that wait together are one batch, which Kafka
 * acknowledges when enough brokers have it. Each partition has a producer of its own with one batch
 * under way, so its numbers say for sure whether a batch that is sent again was taken before.
 *
 * Tricky: with several batches under way the client, after one has failed for good, may number the
 * next ones from 0 under the old producer id; Kafka then takes one for a copy, and drops it.
 */
import { setImmediate } from 'node:timers/promises'
import { ClickpathError } from '../../std/errors.ts'
import type { Machine } from '../files/machine.ts'
import type { KafkaAddress } from './address.ts'
import { clientOptions, type Kafka, mayPass, type Producer, reasonOf } from './client.ts'
import type { Topic } from './topic.ts'

export interface Entry {
  /** Records of one key lie in one partition, in order. */
  readonly key: Buffer | null
  readonly value: Buffer
}

export interface PartitionWriterOptions {
  readonly kafka: Kafka
  readonly address: KafkaAddress
  readonly topic: Topic
  readonly partition: number
  /** Bytes after which a batch takes no further records. */
  readonly batch_bytes_max: number
  /** How long a batch may take; see the setting. */
  readonly sync_ms_max: number
  readonly after: Machine['after']
}

interface Waiting {
  readonly entries: readonly Entry[]
  readonly bytes: number
  resolve(first_position: number): void
  reject(error: ClickpathError): void
}

/** The client sends a batch again for about a minute, under the same number. */
const SEND_RETRIES = 240
const LOOK_MS = 500

export class PartitionWriter {
  readonly #options: PartitionWriterOptions
  readonly #producer: Producer
  #waiting: Waiting[] = []
  #draining: Promise<void> | null = null
  #ended: ClickpathError | null = null
  #silence: string | null = null

  constructor(options: PartitionWriterOptions) {
    const { kafka, address } = options
    this.#options = options
    this.#producer = new kafka.Producer({
      ...clientOptions(address),
      retries: SEND_RETRIES,
      idempotent: true,
      compression: 'zstd',
    })
  }

  /** Why nothing can be taken for good. */
  get ended(): ClickpathError | null {
    return this.#ended
  }

  /** Why nothing is taken while Kafka does not answer, else null. */
  get silence(): string | null {
    return this.#silence
  }

  /**
   * Resolves with the position of the first record when all are durable. Rejects as a lane writer's
   * `append` does.
   */
  append(entries: readonly Entry[], bytes: number): Promise<number> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, bytes, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    this.#ended ??= new ClickpathError('LOG_FAILED', 'the log has been closed')
    // Whoever waits has been told that it may be kept or not: nothing is worth waiting for.
    if (this.#silence !== null) await this.#closeProducer()
    await this.#draining
    await this.#closeProducer()
  }

  async #closeProducer(): Promise<void> {
    await this.#producer.close().catch(() => undefined) // Its connections are gone, then.
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Appends that come in the same turn of the event loop share the batch.
      await setImmediate()
      await this.#commit(this.#takeGroup())
    }
    this.#draining = null
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    let size = 0
    for (const one of this.#waiting) {
      if (size > 0 && bytes + one.bytes > this.#options.batch_bytes_max) break
      bytes += one.bytes
      size += 1
    }
    return this.#waiting.splice(0, size)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { sync_ms_max, after } = this.#options
    const silent = `Kafka has not answered for ${sync_ms_max} ms`
    const callOff = after(sync_ms_max, () => this.#giveUp(group, silent))
    try {
      let position = await this.#send(group)
      for (const { entries, resolve } of group) {
        resolve(position)
        position += entries.length
      }
      this.#silence = null
    } catch (thrown) {
      if (this.#ended || !mayPass(thrown)) this.#end(group, thrown)
      else {
        this.#giveUp(group, reasonOf(thrown))
        await this.#awaitReturn()
      }
    } finally {
      callOff()
    }
  }

  /** Answers the position of the first record. */
  async #send(group: readonly Waiting[]): Promise<number> {
    const { address, partition } = this.#options
    const where = { topic: address.topic, partition }
    const messages = group.flatMap(({ entries }) =>
      entries.map(({ key, value }) => (key ? { ...where, key, value } : { ...where, value })),
    )
    const { offsets } = await this.#producer.send({ messages })
    return Number(offsets?.[0]?.offset ?? 0)
  }

  /** What Kafka will never take, or a fault of the client: the next start begins anew. */
  #end(group: readonly Waiting[], thrown: unknown): void {
    this.#ended ??= new ClickpathError('LOG_FAILED', `Kafka refused a batch: ${reasonOf(thrown)}`)
    for (const one of [...group, ...this.#waiting.splice(0)]) one.reject(this.#ended)
  }

  /** Answers those who wait; the batch itself may still be under way, and be kept. */
  #giveUp(group: readonly Waiting[], silence: string): void {
    this.#silence = silence
    for (const one of group) {
      one.reject(new ClickpathError('LOG_SLOW', this.#options.sync_ms_max))
    }
    const full = new ClickpathError('LOG_FULL', silence)
    for (const one of this.#waiting.splice(0)) one.reject(full)
    if (this.#ended) void this.#closeProducer()
  }

  /** Until the partition has a leader, and enough brokers that have it, again. */
  async #awaitReturn(): Promise<void> {
    const { after } = this.#options
    while (!this.#ended) {
      if (await this.#isBack()) {
        this.#silence = null
        return
      }
      await new Promise<void>((resolve) => after(LOOK_MS, resolve))
    }
  }

  async #isBack(): Promise<boolean> {
    const { address, partition, topic } = this.#options
    try {
      const asked = { topics: [address.topic], forceUpdate: true, retries: 0 }
      const { topics } = await this.#producer.metadata(asked)
      const found = topics.get(address.topic)?.partitions[partition]
      return found !== undefined && found.leader >= 0 && found.isr.length >= topic.insync_min
    } catch {
      return false
    }
  }
}
