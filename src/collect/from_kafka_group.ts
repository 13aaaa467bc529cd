/**
 * Where reading a shop's topic begins, kept by Kafka for a group of readers: after what was read
 * before, at what is there, or at its end. It is set before anybody reads, so that a place which
 * the topic no longer holds is told and never passed over.
 */
import type { KafkaAddress } from '../log/kafka/address.ts'
import { type Admin, clientOptions, type Kafka, kafkaError } from '../log/kafka/client.ts'
import { ClickpathError } from '../std/errors.ts'

export type Beginning = 'where it ended' | 'beginning' | 'end'

export interface Group {
  /** Kafka's own id of the topic. */
  readonly topic_id: string
  /** By partition: the first message to read, and the one that is written next. */
  readonly from: readonly bigint[]
  readonly ends: readonly bigint[]
}

const EARLIEST = -2n
const LATEST = -1n

/** Throws `KAFKA_AWAY`, `KAFKA_REFUSED`, `KAFKA_TOPIC`. */
export async function openGroup(
  kafka: Kafka,
  address: KafkaAddress,
  group: string,
  beginning: Beginning,
): Promise<Group> {
  const admin = new kafka.Admin(clientOptions(address))
  const consumer = new kafka.Consumer({ ...clientOptions(address), groupId: group })
  const { topic } = address
  try {
    if (!(await admin.listTopics()).includes(topic)) {
      const why = 'there is none of this name; write to it first, or look at the name'
      throw new ClickpathError('KAFKA_TOPIC', topic, why)
    }
    const { topics } = await admin.metadata({ topics: [topic] })
    const offsetsAt = async (timestamp: bigint) =>
      (await consumer.listOffsets({ topics: [topic], timestamp, isolationLevel: 1 })).get(topic) ??
      []
    const [firsts, ends] = [await offsetsAt(EARLIEST), await offsetsAt(LATEST)]
    const known = await committedIn(admin, group, topic, ends.length)
    const starts = beginning === 'end' ? ends : firsts
    const from = ends.map((_, partition) => {
      const committed = known.get(partition)
      const start = starts[partition] ?? 0n
      return beginning === 'where it ended' ? (committed ?? start) : start
    })
    requireHeld(topic, from, firsts)
    await setOffsets(admin, group, topic, from, known)
    return { topic_id: topics.get(topic)?.id ?? '', from, ends }
  } catch (thrown) {
    throw kafkaError(address, thrown)
  } finally {
    // Both have said what they were asked.
    await Promise.all([admin, consumer].map((client) => client.close().catch(() => undefined)))
  }
}

async function committedIn(
  admin: Admin,
  group: string,
  topic: string,
  partitions: number,
): Promise<ReadonlyMap<number, bigint>> {
  const partitionIndexes = Array.from({ length: partitions }, (_, partition) => partition)
  const [told] = await admin.listConsumerGroupOffsets({
    groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes }] }],
  })
  const found = told?.topics.find(({ name }) => name === topic)?.partitions ?? []
  return new Map(
    found
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
  )
}

function requireHeld(topic: string, from: readonly bigint[], firsts: readonly bigint[]): void {
  const gone = from.findIndex((offset, partition) => offset < (firsts[partition] ?? 0n))
  if (gone < 0) return
  const lost = `messages ${from[gone]} to ${(firsts[gone] ?? 0n) - 1n} of partition ${gone}`
  const why = `its ${lost} were deleted before they were read, by its retention`
  const cure = 'go on with what is still there with --from-beginning'
  throw new ClickpathError('KAFKA_TOPIC', topic, `${why}: ${cure}`)
}

/** Where Kafka does not know it already; it refuses while others of the group read. */
async function setOffsets(
  admin: Admin,
  group: string,
  topic: string,
  from: readonly bigint[],
  known: ReadonlyMap<number, bigint>,
): Promise<void> {
  const partitionOffsets = from
    .map((offset, partition) => ({ partition, offset }))
    .filter(({ partition, offset }) => known.get(partition) !== offset)
  if (partitionOffsets.length === 0) return
  await admin.alterConsumerGroupOffsets({
    groupId: group,
    topics: [{ name: topic, partitionOffsets }],
  })
}
