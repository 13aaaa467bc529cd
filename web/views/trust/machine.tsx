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
import './machine.css'

export function Machine({ status }: { readonly status: Status }) {
  const { engine, sizes, readers, versions, restarts } = status
  const facts: readonly (readonly [string, string, string])[] = [
    ['Engine', engine.state, `batch ${formatCount(engine.batch)}; ${failuresOf(engine.failures)}`],
    ['Log', formatBytes(sizes.log_bytes), formatSeveral(sizes.log_segments, 'segment')],
    [
      'Database',
      formatBytes(sizes.database_bytes + sizes.wal_bytes),
      'a cache of the log; it can be rebuilt',
    ],
    [
      'Archive',
      formatBytes(sizes.archive_bytes),
      formatSeveral(sizes.archive_files, 'Parquet file'),
    ],
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
      <dl className="facts">
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
