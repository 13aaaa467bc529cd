/** What runs, how big it is, and what was started again. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSeveral,
  formatTime,
} from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import type { Status } from './concerns.tsx'
import { topicOf } from './topic.ts'
import './machine.css'

/** Its name, its value, and what to know of it. */
type Fact = readonly [string, string, string]

export function Machine({ status }: { readonly status: Status }) {
  const { engine, sizes, readers, versions, restarts } = status
  const facts: readonly Fact[] = [
    ['Engine', engine.state, `batch ${formatCount(engine.batch)}; ${failuresOf(engine.failures)}`],
    ...computedBy(status),
    ['Log', formatBytes(sizes.log_bytes), logOf(status)],
    ['Database', formatBytes(sizes.database_bytes + sizes.wal_bytes), aboutDatabase(sizes)],
    ['Archive', formatBytes(sizes.archive_bytes), archiveOf(sizes.archive_files)],
    [
      'Disk free',
      formatBytes(sizes.disk_free_bytes),
      `below ${formatBytes(status.disk_reserve_bytes)} nothing more is taken`,
    ],
    ['Memory', formatBytes(status.process.resident_bytes), 'of the process that serves this'],
    [
      'Queries',
      `${readers.busy} of ${readers.most}`,
      `${formatCount(readers.waiting)} wait; ${formatCount(status.live_subscribers)} follow live`,
    ],
    ['Restarts', formatCount(restartsOf(restarts)), lastRestart(restarts)],
    [
      'Running for',
      formatDuration(status.uptime_s),
      `Clickpath ${versions.clickpath}, DuckDB ${versions.duckdb ?? 'opening'}`,
    ],
  ]
  return (
    <Panel span={2} title="Machine">
      <dl className="machine-facts">
        {facts.map(([name, value, about]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
            <dd className="note">{about}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

/** By what, where it is not the database of this process. */
function computedBy({ uses, versions, sizes, engine }: Status): readonly Fact[] {
  if (uses.engine === 'duckdb') return []
  const lasted = engine.batch === 0 ? 'no batch yet' : `last batch ${durationOf(engine.batch_ms)}`
  return [
    ['Spark', versions.spark ?? 'no answer yet', `${uses.engine}; ${lasted}`],
    [
      'Events of Spark',
      formatBytes(sizes.silver_bytes),
      `${formatSeveral(sizes.silver_files, 'Parquet file')} by day; made from the log`,
    ],
  ]
}

const durationOf = (ms: number): string => formatDuration(ms / 1_000)

function logOf({ uses, sizes, lanes }: Status): string {
  const topic = topicOf(uses.log)
  if (!topic) return formatSeveral(sizes.log_segments, 'segment')
  return `Kafka, topic ${topic.name}, ${formatSeveral(lanes.length, 'partition')}`
}

/** What lies beside it is told where there is some. */
function aboutDatabase({ spill_bytes, set_aside_bytes }: Status['sizes']): string {
  const beside = [
    ...(spill_bytes > 0 ? [`${formatBytes(spill_bytes)} of queries that lack memory`] : []),
    ...(set_aside_bytes > 0 ? [`${formatBytes(set_aside_bytes)} set aside; may be removed`] : []),
  ]
  return ['a cache of the log; it can be rebuilt', ...beside].join('; ')
}

const archiveOf = (files: number): string =>
  files === 0 ? 'nothing has moved there yet' : `${formatSeveral(files, 'Parquet file')}, by day`

const failuresOf = (failures: number): string =>
  failures === 0 ? 'none failed' : `${formatCount(failures)} failed and were tried again`

const restartsOf = (restarts: Status['restarts']): number =>
  Object.values(restarts).reduce((sum, { count }) => sum + count, 0)

function lastRestart(restarts: Status['restarts']): string {
  const [last] = Object.entries(restarts)
    .filter(([, { last_at }]) => last_at !== null)
    .sort(([, one], [, other]) => (String(one.last_at) < String(other.last_at) ? 1 : -1))
  if (!last) return 'since it was started'
  const [role, { last_at, last_reason }] = last
  return `last ${role}, ${formatTime(last_at)} UTC${last_reason ? `: ${last_reason}` : ''}`
}
