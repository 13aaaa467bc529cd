/**
 * What a cluster is asked to be: how many of what, how large, on which ports. Reads the command
 * line and refuses what cannot work, before anything is fetched or started.
 */
import { ClusterError } from './cluster_error.ts'

export interface ClusterOptions {
  /** 0 (no Kafka), 1, or 3. */
  readonly brokers: number
  /** On how many brokers each message is kept. */
  readonly replication: number
  /** `local`: the Connect server computes itself. `standalone`: workers do. `none`: no Spark. */
  readonly spark: 'local' | 'standalone' | 'none'
  /** Standalone only; 0 otherwise. */
  readonly workers: number
  /** Of the Connect server (local), or of each worker. */
  readonly cores: number
  readonly memory_mb: number
  /** The first of 60 ports; null: the ports everybody knows, such as 9092 and 15002. */
  readonly port_base: number | null
  /** Settings of Spark's own, by name; absent where none were given. */
  readonly conf?: Readonly<Record<string, string>>
}

/** The words of the command line; all texts, as they were typed. */
export interface Asked {
  readonly brokers?: string | undefined
  readonly replication?: string | undefined
  readonly workers?: string | undefined
  readonly 'spark-master'?: string | undefined
  readonly cores?: string | undefined
  readonly memory?: string | undefined
  readonly 'port-base'?: string | undefined
  /** `NAME=VALUE` each. */
  readonly conf?: readonly string[] | undefined
}

export const DEFAULTS = {
  cores: { local: 2, standalone: 1 },
  memory_mb: { local: 2048, standalone: 1024 },
} as const

export const WORKERS_MAX = 8
const CORES_MAX = 64
/** Spark refuses to start with a smaller heap (450 MB of it and some room). */
const MEMORY_MB_MIN = 512
const MEMORY_MB_MAX = 65_536
const PORT_BASE_MIN = 1024
const PORT_BASE_MAX = 65_000
/** Three at most: copies are on different brokers, and a fourth broker of one machine adds none. */
const BROKERS: readonly number[] = [0, 1, 3]

/** Throws `ClusterError` with what to say instead. */
export function readOptions(asked: Asked): ClusterOptions {
  const brokers = number('brokers', asked.brokers ?? '1', 0, 3)
  if (!BROKERS.includes(brokers)) {
    throw new ClusterError(
      '--brokers 2: two brokers stop when either of them does. Take 1 or 3 (or 0: no Kafka).',
    )
  }
  const replication = number('replication', asked.replication ?? String(brokers), 0, 3)
  if (replication > brokers || (brokers > 0 && replication === 0)) {
    throw new ClusterError(
      `--replication ${replication}: it must be from 1 to the number of brokers, ${brokers}.`,
    )
  }
  const { spark, workers, cores } = readSpark(asked)
  if (spark === 'none' && brokers === 0) {
    throw new ClusterError('--brokers 0 --spark-master none: then there is nothing to start.')
  }
  const memory_mb =
    asked.memory === undefined ? memoryOf(spark) : readMemory('memory', asked.memory)
  const base = asked['port-base']
  const port_base =
    base === undefined ? null : number('port-base', base, PORT_BASE_MIN, PORT_BASE_MAX)
  const shape = { brokers, replication, spark, workers, cores, memory_mb, port_base }
  const conf = readConf(asked.conf ?? [], spark)
  return Object.keys(conf).length > 0 ? { ...shape, conf } : shape
}

function readConf(
  asked: readonly string[],
  spark: ClusterOptions['spark'],
): Readonly<Record<string, string>> {
  if (asked.length > 0 && spark === 'none') {
    throw new ClusterError(`--conf ${asked[0]}: there is no Spark that could be told.`)
  }
  return Object.fromEntries(
    asked.map((words) => {
      const [, name, value] = /^(spark\.[\w.-]+)=(.+)$/.exec(words) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw new ClusterError(`--conf ${words}: it must be such as spark.sql.shuffle.partitions=8.`)
    }),
  )
}

function readSpark(asked: Asked): Pick<ClusterOptions, 'spark' | 'workers' | 'cores'> {
  const given =
    asked.workers === undefined ? null : number('workers', asked.workers, 0, WORKERS_MAX)
  const master = asked['spark-master'] ?? (given ? 'standalone' : 'local')
  const local = /^local(?:\[(\d+)\])?$/.exec(master)
  if (!local && master !== 'standalone' && master !== 'none') {
    throw new ClusterError(
      `--spark-master ${master}: it is local, local[CORES], standalone, or none (no Spark).`,
    )
  }
  if (master !== 'standalone' && given) {
    throw new ClusterError(
      `--workers ${given} --spark-master ${master}: only a standalone master has workers. ` +
        'Leave one of the two away.',
    )
  }
  if (master === 'none') return { spark: 'none', workers: 0, cores: 0 }
  if (!local) {
    if (given === 0) throw new ClusterError('--workers 0: a standalone master needs at least one.')
    const cores = number('cores', asked.cores ?? String(DEFAULTS.cores.standalone), 1, CORES_MAX)
    return { spark: 'standalone', workers: given ?? 1, cores }
  }
  const [, inside] = local
  if (inside !== undefined && asked.cores !== undefined && inside !== asked.cores) {
    throw new ClusterError(`--spark-master ${master} --cores ${asked.cores}: say one of the two.`)
  }
  const words = inside ?? asked.cores ?? String(DEFAULTS.cores.local)
  return { spark: 'local', workers: 0, cores: number('cores', words, 1, CORES_MAX) }
}

/** What to type for these options. */
export function wordsFor(options: ClusterOptions): string {
  const { brokers, replication, spark, workers, cores, memory_mb, port_base, conf = {} } = options
  const words = [`--brokers ${brokers}`]
  if (brokers > 0) words.push(`--replication ${replication}`)
  words.push(`--spark-master ${spark}`)
  if (spark === 'standalone') words.push(`--workers ${workers}`)
  if (spark !== 'none') words.push(`--cores ${cores} --memory ${memory_mb}m`)
  if (port_base !== null) words.push(`--port-base ${port_base}`)
  for (const [name, value] of Object.entries(conf)) words.push(`--conf ${name}=${value}`)
  return words.join(' ')
}

function memoryOf(spark: ClusterOptions['spark']): number {
  return spark === 'none' ? 0 : DEFAULTS.memory_mb[spark]
}

function number(name: string, words: string, least: number, most: number): number {
  const value = /^\d+$/.test(words) ? Number(words) : Number.NaN
  if (value >= least && value <= most) return value
  throw new ClusterError(`--${name} ${words}: it must be a whole number from ${least} to ${most}.`)
}

/** `1536m` and `2g`, as Java and Spark write it. */
function readMemory(name: string, words: string): number {
  const [, digits, unit] = /^(\d+)([mg])$/i.exec(words) ?? []
  const value = Number(digits) * (unit?.toLowerCase() === 'g' ? 1024 : 1)
  if (value >= MEMORY_MB_MIN && value <= MEMORY_MB_MAX) return value
  throw new ClusterError(
    `--${name} ${words}: it must be such as 1536m or 2g, from ${MEMORY_MB_MIN}m to 64g.`,
  )
}
