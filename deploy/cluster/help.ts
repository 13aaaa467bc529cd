/** The text of `--help` of each command. */
import { DEFAULTS, WORKERS_MAX } from './options.ts'

const { cores, memory_mb } = DEFAULTS

const SHARED = `\
  --dir DIR             The run folder: processes, data, logs. Default: .cluster, or what
                        CLICKPATH_CLUSTER_DIR says.
  --json                Print JSON for machines, errors included.
  --help                Show this.`

export const HELP = {
  up: `cluster:up: starts Kafka and Spark on this machine and waits until both answer

usage: npm run cluster:up -- [options]

  --brokers N           Kafka brokers: 1 or 3; 0 for no Kafka. Default: 1.
  --replication R       On how many brokers each message is kept. Default: on all. With 1 every
                        batch is flushed to disk before it is acknowledged.
  --spark-master WHAT   local, local[CORES], standalone, or none for no Spark. Default: local, or
                        standalone when there are workers.
  --workers W           Workers of a standalone master, ${WORKERS_MAX} at most. Default: 1.
  --cores C             Cores of Spark: in all (local, default ${cores.local}) or of each worker
                        (standalone, default ${cores.standalone}).
  --memory M            Memory for Spark's data, such as 1536m or 2g: in all (local, default
                        ${memory_mb.local}m) or of each worker (standalone,
                        default ${memory_mb.standalone}m).
  --port-base P         Take 60 ports from P on, not 9092, 15002 and the like: so two clusters run
                        beside each other, each with a --dir of its own.
  --conf NAME=VALUE     A setting of Spark's own, such as spark.sql.shuffle.partitions=8; may be
                        given several times.
${SHARED}

What runs already is left alone, what has ended is started again with its data. Kafka and Spark
are fetched with Maven the first time, into ~/.cache/clickpath/cluster (CLICKPATH_CLUSTER_CACHE).`,

  down: `cluster:down: ends what cluster:up started, and nothing else

usage: npm run cluster:down -- [options]

  --keep-data           Keep topics, checkpoints and logs for the next start. This is the default.
  --wipe                Remove them.
${SHARED}`,

  status: `cluster:status: what runs, where, since when, in which version

usage: npm run cluster:status -- [options]

${SHARED}

The exit code is 0 when every part answers, and 1 otherwise.`,
} as const
