/** Kafka's brokers (KRaft: each is a controller too): settings, first formatting, start. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ClusterError } from './cluster_error.ts'
import type { Jars } from './jars.ts'
import type { Java } from './java.ts'
import type { ClusterOptions } from './options.ts'
import { javaArgs, madeFolder, type Part, type RunFolder } from './part.ts'
import { HOST, portsFrom } from './ports.ts'
import { askBrokers } from './probe_kafka.ts'

const HEAP_MB = { alone: 512, ofThree: 384 } as const
const PARTITIONS = 6
/** Kafka would make 50; every one is a folder, and there are few consumers. */
const PARTITIONS_OF_OFFSETS = 3

/** Written beside the data: what the data belongs to. */
interface Identity {
  readonly cluster_id: string
  readonly brokers: number
}

export function kafkaParts(
  options: ClusterOptions,
  jars: Jars,
  folder: RunFolder,
): readonly Part[] {
  return Array.from({ length: options.brokers }, (_, at) => broker(at + 1, options, jars, folder))
}

/** Throws when the data on disk is of a cluster with another number of brokers. */
export function requireSameBrokers({ brokers }: ClusterOptions, folder: RunFolder): void {
  const identity = readIdentity(folder)
  if (brokers === 0 || identity === null || identity.brokers === brokers) return
  throw new ClusterError(
    `The data in ${folder.data} is of ${identity.brokers} broker(s), not ${brokers}: ` +
      `take --brokers ${identity.brokers}, or give the data up with \`npm run cluster:down -- --wipe\`.`,
  )
}

function broker(id: number, options: ClusterOptions, jars: Jars, folder: RunFolder): Part {
  const ports = portsFrom(options.port_base)
  const name = `kafka-${id}`
  const data = join(folder.data, name)
  const settings = join(data, 'server.properties')
  const heap_mb = options.brokers === 1 ? HEAP_MB.alone : HEAP_MB.ofThree
  const classes = join(jars.home, 'jars', '*')
  return {
    name,
    system: 'kafka',
    address: `${HOST}:${ports.kafka(id)}`,
    ports: [ports.kafka(id), ports.controller(id)],
    heap_mb,
    after: [],
    prepare: async (java) => {
      madeFolder(data)
      writeFileSync(settings, settingsOf(id, options, join(data, 'log')))
      if (!existsSync(join(data, 'log', 'meta.properties'))) {
        await format(java, classes, settings, identityOf(options, folder).cluster_id)
      }
    },
    launch: () => ({
      args: [...javaArgs(folder, name, heap_mb), '-cp', classes, 'kafka.Kafka', settings],
      env: {},
      directory: data,
    }),
    probe: async (timeout_ms) => {
      const known = await askBrokers(ports.kafka(id), timeout_ms)
      if (known.length < options.brokers) {
        throw new Error(`it knows ${known.length} of ${options.brokers} brokers`)
      }
    },
  }
}

function settingsOf(id: number, options: ClusterOptions, directory: string): string {
  const ports = portsFrom(options.port_base)
  const { brokers, replication } = options
  const voters = Array.from({ length: brokers }, (_, at) => {
    return `${at + 1}@${HOST}:${ports.controller(at + 1)}`
  })
  // With three copies one broker may be gone, and what was acknowledged is still on two.
  const in_sync = replication === 3 ? 2 : 1
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${HOST}:${ports.kafka(id)},CONTROLLER://${HOST}:${ports.controller(id)}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${ports.kafka(id)}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': directory,
    // A name mistyped is an error, not a new topic.
    'auto.create.topics.enable': false,
    'num.partitions': PARTITIONS,
    // The log is what all tables are computed from: of it nothing goes because it is old.
    'log.retention.ms': -1,
    'default.replication.factor': replication,
    'min.insync.replicas': in_sync,
    'offsets.topic.num.partitions': PARTITIONS_OF_OFFSETS,
    'offsets.topic.replication.factor': replication,
    'transaction.state.log.num.partitions': PARTITIONS_OF_OFFSETS,
    'transaction.state.log.replication.factor': replication,
    'transaction.state.log.min.isr': in_sync,
    'share.coordinator.state.topic.num.partitions': PARTITIONS_OF_OFFSETS,
    'share.coordinator.state.topic.replication.factor': replication,
    'share.coordinator.state.topic.min.isr': in_sync,
    'group.initial.rebalance.delay.ms': 0,
    // Its own default takes a quarter of this small heap.
    'log.cleaner.dedupe.buffer.size': 32 * 1024 * 1024,
    // Copies guard against losing one disk's cache; a single copy is written through instead.
    ...(replication === 1 ? { 'log.flush.interval.messages': 1 } : {}),
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`)
  return `# Written at each start by deploy/cluster/kafka.ts\n${lines.join('')}`
}

async function format(
  { command }: Java,
  classes: string,
  settings: string,
  cluster_id: string,
): Promise<void> {
  const tool = [
    '-cp',
    classes,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    cluster_id,
    '-c',
    settings,
  ]
  await promisify(execFile)(command, tool).catch((error: { stdout: string; stderr: string }) => {
    throw new ClusterError(`Kafka could not format its disk:\n${error.stdout}${error.stderr}`)
  })
}

function identityOf({ brokers }: ClusterOptions, folder: RunFolder): Identity {
  const known = readIdentity(folder)
  if (known !== null) return known
  // Tricky: Kafka's tool would take an id that begins with `-` for an option.
  const cluster_id = `A${randomBytes(16).toString('base64url').slice(1)}`
  const identity: Identity = { cluster_id, brokers }
  writeFileSync(identityFile(folder), `${JSON.stringify(identity)}\n`)
  return identity
}

const identityFile = (folder: RunFolder): string => join(folder.data, 'kafka.json')

function readIdentity(folder: RunFolder): Identity | null {
  const file = identityFile(folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Identity) : null
}
