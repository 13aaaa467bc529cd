/** A status as people read it at a terminal: what needs an eye first, then figures, then tables. */
import type { Output } from './command.ts'
import { bytesText, countText, durationText } from './numbers.ts'
import { printRows } from './output.ts'
import type { ToldStatus } from './status.ts'

/** Lanes beyond these are summed up; every import has one. */
const LANES_MAX = 20

export function printStatus(stdout: Output, status: ToldStatus): void {
  for (const { level, said } of status.concerns) {
    stdout.write(`${level === 'problem' ? '!!' : 'i '} ${said}\n`)
  }
  if (status.concerns.length > 0) stdout.write('\n')
  for (const [name, said] of figures(status)) stdout.write(`${name.padEnd(11)}${said}\n`)
  stdout.write('\nThe log\n')
  printRows(stdout, laneRows(status), 'table')
  const { balanced } = status
  const verdict = balanced === null ? 'nobody can tell now' : 'IT DOES NOT BALANCE'
  stdout.write(`\nThe ledger: ${balanced ? 'it balances' : verdict}\n`)
  printRows(stdout, status.ledger.map(sourceRow), 'table')
}

function figures(status: ToldStatus): readonly (readonly [string, string])[] {
  const { data, running, sizes, disk_reserve_bytes, readers, refused_requests } = status
  const who = running.map(
    ({ role, pid, url }) => `${role} (process ${pid}${url ? `, ${url}` : ''})`,
  )
  const refused = Object.entries(refused_requests ?? {}).map(
    ([code, times]) => `${code} ${countText(times)}`,
  )
  const store = [
    `database ${bytesText(sizes.database_bytes + sizes.wal_bytes)}`,
    `log ${bytesText(sizes.log_bytes)}`,
    `archive ${bytesText(sizes.archive_bytes)} in ${countText(sizes.archive_files)} files`,
    ...(sizes.silver_files > 0
      ? [
          `events of Spark ${bytesText(sizes.silver_bytes)} in ${countText(sizes.silver_files)} files`,
        ]
      : []),
    ...(sizes.spill_bytes > 0 ? [`spill ${bytesText(sizes.spill_bytes)}`] : []),
  ]
  return [
    ['data', data],
    ['running', who.join(', ') || 'nothing; start it with `clickpath up`'],
    ['computed', computedBy(status)],
    ...progressFigures(status),
    ['sizes', store.join(', ')],
    ['disk', `${bytesText(sizes.disk_free_bytes)} free, reserve ${bytesText(disk_reserve_bytes)}`],
    ...(readers
      ? [['queries', `${readers.busy} of ${readers.most}, ${readers.waiting} wait`] as const]
      : []),
    [
      'refused',
      refused_requests === null ? 'the collector cannot be asked' : refused.join(', ') || 'none',
    ],
  ]
}

/** By what, and from which log. */
function computedBy({ uses: { engine, log }, spark }: ToldStatus): string {
  const by = engine === 'duckdb' ? 'here, by DuckDB' : `by Spark ${spark ?? ''} at ${engine}`
  return `${by.replace('  ', ' ')}, from ${log === 'files' ? 'files' : log}`
}

function progressFigures({ progress }: ToldStatus): readonly (readonly [string, string])[] {
  if (!progress) return [['tables', 'unknown: the database cannot be looked at']]
  const { state = 'not running', batch = 0, pending = 0, watermark, last_failure } = progress
  const { batch_ms, batch_p50_ms, batch_p99_ms } = progress
  const took = (ms: number | null | undefined) => (ms == null ? '?' : durationText(ms))
  return [
    ['tables', `${state}, batch ${countText(batch)}, ${countText(pending)} records behind the log`],
    ['watermark', watermark ?? 'none yet: no event has come'],
    ...(batch_ms === undefined
      ? []
      : [
          [
            'batches',
            `last ${took(batch_ms)}, half within ${took(batch_p50_ms)}, ` +
              `99 % within ${took(batch_p99_ms)}`,
          ] as const,
        ]),
    ...(last_failure ? [['failed', `${last_failure.at}  ${last_failure.message}`] as const] : []),
  ]
}

function laneRows({ lanes, progress }: ToldStatus) {
  const shown = lanes.toSorted((one, other) => other.pending - one.pending).slice(0, LANES_MAX)
  const rows = shown.map(
    ({ lane, durable_position, pending, waiting_s, lost, bytes, segments }) => ({
      lane,
      records: durable_position,
      // Without the database nobody knows what it has read.
      ...(progress ? { pending, 'waits s': Math.round(waiting_s) } : {}),
      ...(lost > 0 ? { lost } : {}),
      size: bytesText(bytes),
      segments,
    }),
  )
  const hidden = lanes.length - shown.length
  return hidden > 0 ? [...rows, { lane: `and ${hidden} more` }] : rows
}

function sourceRow({ recent, ...counts }: ToldStatus['ledger'][number]) {
  const { source, received, stored, duplicate, invalid, filtered, erased, late } = counts
  const { lost_to_damage } = counts
  const ends = { source, received, stored, duplicate, invalid, filtered, erased, late }
  return {
    ...ends,
    ...(lost_to_damage > 0 ? { lost_to_damage } : {}),
    // This hour and the one before: what goes wrong now does not drown in the past.
    'recent received': recent.received,
    'not stored': recent.received - recent.stored,
  }
}
