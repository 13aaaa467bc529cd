/**
 * The topic that is a log: made at the start where it is missing, and looked at whether it can keep
 * what a log promises. Records are never deleted by age nor compacted; one that is acknowledged is
 * on two brokers, or, where there are fewer than three, flushed to the disk of one.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { KafkaAddress } from './address.ts'
import { type Admin, clientOptions, isAnswer, type Kafka, kafkaError } from './client.ts'

export type TopicSettings = Pick<Settings, 'kafka_partitions' | 'kafka_replication'>

export interface Topic {
  /** Kafka's own, of this very topic: one that is made anew under the same name has another. */
  readonly id: string
  readonly partitions: number
  /** Bytes of one batch of records at most. */
  readonly message_bytes_max: number
  /** How many brokers must have a record before it is acknowledged. */
  readonly insync_min: number
}

const REPLICAS_WANTED = 3
const MESSAGE_BYTES_MAX = 8_388_608
const LOOKS_MAX = 40
const LOOK_MS = 250
/** Kafka's numbers for the resource that a topic is. */
const TOPIC_RESOURCE = 2

/** Set for a topic that is made here. */
function configsFor(replicas: number): { readonly name: string; readonly value: string }[] {
  const spread = replicas >= REPLICAS_WANTED
  const told = {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'max.message.bytes': String(MESSAGE_BYTES_MAX),
    'min.insync.replicas': spread ? '2' : '1',
    // An acknowledged record that one broker alone may have must be on its disk.
    ...(spread ? {} : { 'flush.messages': '1' }),
  }
  return Object.entries(told).map(([name, value]) => ({ name, value }))
}

/** Makes the topic unless it is there. Throws `KAFKA_AWAY`, `KAFKA_REFUSED`, `KAFKA_TOPIC`. */
export async function ensureTopic(
  kafka: Kafka,
  address: KafkaAddress,
  settings: TopicSettings,
  pause: (ms: number) => Promise<void>,
): Promise<Topic> {
  const admin = new kafka.Admin(clientOptions(address))
  try {
    const { topic } = address
    if (!(await admin.listTopics()).includes(topic)) await createTopic(admin, topic, settings)
    return await lookAt(admin, address, pause)
  } catch (thrown) {
    throw kafkaError(address, thrown)
  } finally {
    await admin.close().catch(() => undefined) // It has said what it was asked.
  }
}

async function createTopic(
  admin: Admin,
  topic: string,
  { kafka_partitions, kafka_replication }: TopicSettings,
): Promise<void> {
  const { brokers } = await admin.metadata({ topics: [] })
  const replicas = kafka_replication || Math.min(REPLICAS_WANTED, brokers.size)
  const configs = configsFor(replicas)
  const wanted = { topics: [topic], partitions: kafka_partitions, replicas, configs }
  await admin.createTopics(wanted).catch((thrown: unknown) => {
    // Another process of ours was quicker.
    if (!isAnswer(thrown, 'TOPIC_ALREADY_EXISTS')) throw thrown
  })
}

/** A new topic is not known to every broker at once. */
async function lookAt(
  admin: Admin,
  address: KafkaAddress,
  pause: (ms: number) => Promise<void>,
): Promise<Topic> {
  const { topic } = address
  for (let look = 1; ; look++) {
    const known = await admin
      .metadata({ topics: [topic], forceUpdate: true })
      .then(({ topics }) => topics.get(topic))
      .catch((thrown: Error) => {
        if (/unknown topic/i.test(thrown.message) && look < LOOKS_MAX) return undefined
        throw thrown
      })
    const isLed = known?.partitions.every(({ leader }) => leader >= 0)
    if (known && isLed) {
      return { id: known.id, partitions: known.partitionsCount, ...(await limitsOf(admin, topic)) }
    }
    if (look === LOOKS_MAX) {
      throw new ClickpathError('KAFKA_AWAY', address.brokers.join(','), `${topic} has no leader`)
    }
    await pause(LOOK_MS)
  }
}

async function limitsOf(
  admin: Admin,
  topic: string,
): Promise<Pick<Topic, 'message_bytes_max' | 'insync_min'>> {
  const [described] = await admin.describeConfigs({
    resources: [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: null }],
  })
  const told = new Map(described?.configs.map(({ name, value }) => [name, value]))
  if (told.get('cleanup.policy')?.includes('compact')) {
    const cure = 'alter its cleanup.policy to delete, or name another topic'
    throw new ClickpathError('KAFKA_TOPIC', topic, `it is compacted, so records vanish: ${cure}`)
  }
  return {
    message_bytes_max: Number(told.get('max.message.bytes') ?? MESSAGE_BYTES_MAX),
    insync_min: Number(told.get('min.insync.replicas') ?? 1),
  }
}
