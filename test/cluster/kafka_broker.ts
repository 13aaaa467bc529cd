/** A broker for one test file, and what the tests of the log in Kafka share. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startPart, stopPart, up } from '../../deploy/cluster/cluster.ts'
import { readOptions } from '../../deploy/cluster/options.ts'
import type { Log } from '../../src/log/contract.ts'
import type { KafkaAddress } from '../../src/log/kafka/address.ts'
import { clientOptions, loadKafka } from '../../src/log/kafka/client.ts'
import { openKafkaLog } from '../../src/log/kafka/reader.ts'
import { type KafkaWriterOptions, openKafkaWriter } from '../../src/log/kafka/writer.ts'
import { readAll } from '../log/lanes.ts'
import { quiet, trialFolder } from './trial.ts'

export interface TrialBroker {
  /** host:port of each broker. */
  readonly hosts: readonly string[]
  start(): Promise<void>
  /** The first broker, or the one of this number. */
  kill(number?: number): Promise<void>
  restart(number?: number): Promise<void>
}

/** Ends, with its data, after the file's tests. */
export function trialBroker(port_base: number, brokers: 1 | 3 = 1): TrialBroker {
  const folder = trialFolder()
  const asked = { 'port-base': String(port_base), 'spark-master': 'none' }
  const options = readOptions({ ...asked, brokers: String(brokers) })
  return {
    hosts: Array.from({ length: brokers }, (_, at) => `127.0.0.1:${port_base + at}`),
    start: () => up(folder, options, quiet),
    kill: (number = 1) => stopPart(folder, `kafka-${number}`, 'killed', quiet),
    restart: (number = 1) => startPart(folder, `kafka-${number}`, quiet),
  }
}

/** A topic that nobody has had before. */
export function newTopic({ hosts }: Pick<TrialBroker, 'hosts'>): KafkaAddress {
  return { brokers: hosts, topic: `trial_${randomBytes(6).toString('hex')}` }
}

export const urlOf = ({ brokers, topic }: KafkaAddress) => `kafka://${brokers.join(',')}/${topic}`

export const SETTINGS: KafkaWriterOptions['settings'] = {
  append_queue_bytes_max: 32_000_000,
  sync_ms_max: 10_000,
  kafka_partitions: 3,
  kafka_replication: 0,
}

export function openWriter(
  address: KafkaAddress,
  settings: Partial<KafkaWriterOptions['settings']> = {},
) {
  return openKafkaWriter({ address, lane: 'live', settings: { ...SETTINGS, ...settings } })
}

/** Its files go with the test. */
export async function openReader(t: TestContext, address: KafkaAddress, directory?: string) {
  const data = directory ?? (await temporaryFolder(t))
  const reader = await openKafkaLog({
    address,
    spool: join(data, 'spool'),
    given_up: join(data, 'kafka'),
  })
  t.after(() => reader.close())
  return reader
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'clickpath-kafka-'))
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}

/** Does it with Kafka's own client. */
export async function withAdmin<T>(
  address: KafkaAddress,
  work: (admin: InstanceType<Awaited<ReturnType<typeof loadKafka>>['Admin']>) => Promise<T>,
): Promise<T> {
  const { Admin } = await loadKafka()
  const admin = new Admin(clientOptions(address))
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

/** Writes messages as any other program would, and makes the topic where it is missing. */
export async function produce(
  address: KafkaAddress,
  messages: readonly {
    readonly key?: string
    readonly value: string
    readonly partition?: number
  }[],
  partitions = 1,
): Promise<void> {
  const { topic } = address
  await withAdmin(address, async (admin) => {
    if ((await admin.listTopics()).includes(topic)) return
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
  })
  const { Producer } = await loadKafka()
  const producer = new Producer({ ...clientOptions(address), acks: -1, compression: 'zstd' })
  const all = messages.map(({ key, value, partition = 0 }) => ({
    ...{ topic, partition, value: Buffer.from(value) },
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
  }))
  for (let at = 0; at < all.length; at += 2_000) {
    await producer.send({ messages: all.slice(at, at + 2_000) })
  }
  await producer.close()
}

/** Every id that the topic holds, and how often. */
export async function idsIn(address: KafkaAddress): Promise<ReadonlyMap<string, number>> {
  const data = await mkdtemp(join(tmpdir(), 'clickpath-kafka-'))
  const spool = join(data, 'spool')
  const log = await openKafkaLog({ address, spool, given_up: join(data, 'kafka') })
  const held = new Map<string, number>()
  for (const id of [...(await readAll(log)).values()].flat()) held.set(id, (held.get(id) ?? 0) + 1)
  await log.close()
  await rm(data, { recursive: true, force: true })
  return held
}

/** The durable positions of all lanes together. */
export async function lengthOf(log: Log): Promise<number> {
  const lanes = await log.lanes()
  return lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
}
