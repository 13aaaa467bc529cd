/** Spark's processes: the Connect server, alone or over a standalone master with workers. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Jars } from './jars.ts'
import type { Java } from './java.ts'
import type { ClusterOptions } from './options.ts'
import { javaArgs, type Launch, madeFolder, type Part, type RunFolder } from './part.ts'
import { HOST, portsFrom } from './ports.ts'
import { askSparkVersion } from './probe_spark.ts'

/** The processes that compute nothing themselves. */
const HEAP_MB = { master: 256, worker: 256, driver: 1024 } as const
/** A worker keeps the logs of executors that have ended for an hour. */
const CLEANUP = { 'spark.worker.cleanup.enabled': true, 'spark.worker.cleanup.appDataTtl': 3_600 }
const SCALA = '2.13'
/** The first Java that warns of what Spark does with memory, unless told that it may. */
const JAVA_WARNS = 24

/** Packages of Java that Spark reaches into; as its own start scripts open them. */
const OPENED = [
  ...['java.lang', 'java.lang.invoke', 'java.lang.reflect', 'java.io', 'java.net', 'java.nio'],
  ...['java.util', 'java.util.concurrent', 'java.util.concurrent.atomic', 'jdk.internal.ref'],
  ...['sun.nio.ch', 'sun.nio.cs', 'sun.security.action', 'sun.util.calendar'],
]

interface Spark {
  readonly options: ClusterOptions
  readonly jars: Jars
  readonly folder: RunFolder
}

export function sparkParts(
  options: ClusterOptions,
  jars: Jars,
  folder: RunFolder,
): readonly Part[] {
  const spark: Spark = { options, jars, folder }
  if (options.spark === 'none') return []
  if (options.spark === 'local') return [connectServer(spark, [])]
  const workers = Array.from({ length: options.workers }, (_, at) => worker(at + 1, spark))
  return [
    master(spark),
    ...workers,
    connectServer(
      spark,
      workers.map(({ name }) => name),
    ),
  ]
}

function connectServer(spark: Spark, workers: readonly string[]): Part {
  const { options, folder } = spark
  const ports = portsFrom(options.port_base)
  const name = 'spark-connect'
  const local = options.spark === 'local'
  const heap_mb = local ? options.memory_mb : HEAP_MB.driver
  const conf = {
    ...whereConf(spark),
    ...(local ? {} : { 'spark.executor.memory': `${options.memory_mb}m` }),
    'spark.connect.grpc.binding.address': HOST,
    'spark.connect.grpc.binding.port': ports.connect,
    // Another port than the one told would be no help.
    'spark.connect.grpc.port.maxRetries': 0,
    // Ending a session ends its streaming queries; they are to live until somebody ends them.
    'spark.connect.session.manager.defaultSessionTimeout': -1,
    // Its default, 200, is for hundreds of cores; a task costs more than a small table's part.
    'spark.sql.shuffle.partitions': 2 * Math.max(1, options.workers) * options.cores,
    // Its default, 100, is fewer than the queries of one batch: each was compiled anew every time.
    'spark.sql.codegen.cache.maxEntries': 2_000,
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.warehouse.dir': join(folder.data, 'spark', 'warehouse'),
    'spark.ui.port': ports.connect_page,
    'spark.ui.showConsoleProgress': false,
    ...options.conf,
  }
  return {
    name,
    system: 'spark',
    address: `sc://${HOST}:${ports.connect}`,
    page: `http://${HOST}:${ports.connect_page}`,
    ports: [ports.connect, ports.connect_page],
    heap_mb,
    after: workers,
    prepare: () => emptyScratch(folder, name),
    launch: (java) => {
      const main = 'org.apache.spark.sql.connect.service.SparkConnectServer'
      return launch(spark, java, { name, heap_mb, conf, words: [main] })
    },
    probe: async (timeout_ms) => {
      await askSparkVersion(ports.connect, timeout_ms)
    },
  }
}

function whereConf({ options }: Spark): Readonly<Record<string, string | number>> {
  const ports = portsFrom(options.port_base)
  return {
    'spark.app.name': 'clickpath',
    'spark.driver.host': HOST,
    'spark.driver.bindAddress': HOST,
    ...(options.spark === 'local'
      ? { 'spark.master': `local[${options.cores}]` }
      : {
          'spark.master': `spark://${HOST}:${ports.master}`,
          // The first query would run on the worker that happens to be first.
          'spark.scheduler.minRegisteredResourcesRatio': 1,
        }),
  }
}

function master(spark: Spark): Part {
  const ports = portsFrom(spark.options.port_base)
  const name = 'spark-master'
  const words = [
    'org.apache.spark.deploy.master.Master',
    ...['--host', HOST, '--port', String(ports.master)],
    ...['--webui-port', String(ports.master_page)],
  ]
  return {
    name,
    system: 'spark',
    address: `spark://${HOST}:${ports.master}`,
    page: `http://${HOST}:${ports.master_page}`,
    ports: [ports.master, ports.master_page],
    heap_mb: HEAP_MB.master,
    after: [],
    prepare: () => emptyScratch(spark.folder, name),
    launch: (java) => launch(spark, java, { name, heap_mb: HEAP_MB.master, conf: {}, words }),
    probe: async (timeout_ms) => {
      await askWorkers(ports.master_page, timeout_ms)
    },
  }
}

function worker(id: number, spark: Spark): Part {
  const { options, folder } = spark
  const ports = portsFrom(options.port_base)
  const name = `spark-worker-${id}`
  const work = join(folder.data, 'spark', name)
  const words = [
    'org.apache.spark.deploy.worker.Worker',
    ...['--host', HOST, '--port', String(ports.worker(id))],
    ...['--webui-port', String(ports.worker_page(id)), '--work-dir', work],
    ...['--cores', String(options.cores), '--memory', `${options.memory_mb}m`],
    `spark://${HOST}:${ports.master}`,
  ]
  return {
    name,
    system: 'spark',
    address: `${HOST}:${ports.worker(id)}`,
    page: `http://${HOST}:${ports.worker_page(id)}`,
    ports: [ports.worker(id), ports.worker_page(id)],
    // Its executor's, too, which is a process of its own.
    heap_mb: HEAP_MB.worker + options.memory_mb,
    after: ['spark-master'],
    prepare: () => {
      emptyScratch(folder, name)
      madeFolder(work)
    },
    launch: (java) => launch(spark, java, { name, heap_mb: HEAP_MB.worker, conf: CLEANUP, words }),
    probe: async (timeout_ms) => {
      const living = await askWorkers(ports.master_page, timeout_ms)
      if (!living.includes(ports.worker(id))) throw new Error('the master does not know it yet')
    },
  }
}

const scratchOf = (folder: RunFolder, name: string): string =>
  join(folder.data, 'spark', 'scratch', name)

/** Spilled and cached blocks: a process that was killed leaves them, and nobody reads them. */
function emptyScratch(folder: RunFolder, name: string): void {
  rmSync(scratchOf(folder, name), { recursive: true, force: true })
  madeFolder(scratchOf(folder, name))
}

/** The ports of the workers that the master can count on. */
async function askWorkers(page: number, timeout_ms: number): Promise<readonly number[]> {
  const signal = AbortSignal.timeout(timeout_ms)
  const answer = await fetch(`http://${HOST}:${page}/json/`, { signal })
  const { workers } = (await answer.json()) as {
    readonly workers: readonly { readonly port: number; readonly state: string }[]
  }
  return workers.filter(({ state }) => state === 'ALIVE').map(({ port }) => port)
}

interface Started {
  readonly name: string
  readonly heap_mb: number
  readonly conf: Readonly<Record<string, string | number | boolean>>
  readonly words: readonly string[]
}

function launch(
  { jars, folder }: Spark,
  java: Java,
  { name, heap_mb, conf, words }: Started,
): Launch {
  const opened = OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  return {
    args: [
      ...javaArgs(folder, name, heap_mb),
      ...['-XX:+IgnoreUnrecognizedVMOptions', '--add-modules=jdk.incubator.vector'],
      ...['--enable-native-access=ALL-UNNAMED', ...opened],
      '--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
      ...(java.release >= JAVA_WARNS ? ['--sun-misc-unsafe-memory-access=allow'] : []),
      '-Dio.netty.tryReflectionSetAccessible=true',
      ...['-Dio.netty.allocator.type=pooled', '-Dio.netty.noUnsafe=false'],
      '-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE',
      ...Object.entries(conf).map(([key, value]) => `-D${key}=${value}`),
      ...['-cp', join(jars.home, 'jars', '*'), ...words],
    ],
    env: {
      SPARK_HOME: jars.home,
      // Without it a worker looks for the folders of a build of Spark.
      SPARK_SCALA_VERSION: SCALA,
      // Its pages listen everywhere otherwise.
      SPARK_LOCAL_IP: HOST,
      SPARK_LOCAL_DIRS: scratchOf(folder, name),
    },
    directory: madeFolder(folder.data, 'spark'),
  }
}
