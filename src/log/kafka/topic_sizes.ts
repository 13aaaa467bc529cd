/** How many bytes each partition takes on a broker's disk: asked now and then, for people. */
import type { Machine } from '../files/machine.ts'
import type { KafkaAddress } from './address.ts'
import { type Admin, clientOptions, type Kafka } from './client.ts'

const AGE_MS_MAX = 30_000

export class TopicSizes {
  readonly #topic: string
  readonly #admin: Admin
  readonly #after: Machine['after']
  #known: Promise<ReadonlyMap<number, number>> | null = null
  #callOff: () => void = () => {}

  constructor(kafka: Kafka, address: KafkaAddress, after: Machine['after']) {
    this.#topic = address.topic
    this.#admin = new kafka.Admin({ ...clientOptions(address), retries: 0 })
    this.#after = after
  }

  /** By partition, of one copy; nothing where Kafka does not tell. */
  read(partitions: number): Promise<ReadonlyMap<number, number>> {
    if (this.#known) return this.#known
    this.#callOff = this.#after(AGE_MS_MAX, () => {
      this.#known = null
    })
    this.#known = this.#ask(partitions).catch(() => new Map())
    return this.#known
  }

  async close(): Promise<void> {
    this.#callOff()
    await this.#admin.close().catch(() => undefined) // Its connections are gone, then.
  }

  async #ask(count: number): Promise<ReadonlyMap<number, number>> {
    const partitions = Array.from({ length: count }, (_, partition) => partition)
    const brokers = await this.#admin.describeLogDirs({
      topics: [{ name: this.#topic, partitions }],
    })
    const sizes = new Map<number, number>()
    const copies = brokers.flatMap(({ results }) => results.flatMap(({ topics }) => topics))
    for (const { name, partitions: told } of copies) {
      if (name !== this.#topic) continue
      for (const { partitionIndex, partitionSize } of told) {
        // A copy that is being made anew is smaller than the others.
        const most = Math.max(sizes.get(partitionIndex) ?? 0, Number(partitionSize))
        sizes.set(partitionIndex, most)
      }
    }
    return sizes
  }
}
