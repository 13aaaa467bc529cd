/** How the pipeline is: what needs an eye, lag, batches, sizes, refusals, lanes, versions. */
import { poll } from './api.js'
import { card, el, plainTable } from './dom.js'
import { bytes, count, duration, timeOf } from './format.js'

const LANES = [
  ['lane', ({ lane }) => lane],
  ['durable', ({ durable_position }) => count(durable_position), 'number'],
  ['in the tables', ({ offset }) => count(offset), 'number'],
  ['pending', ({ pending }) => count(pending), 'number'],
  [
    'waits',
    ({ waiting_s }) => (waiting_s > 0 ? `${count(Math.round(waiting_s))} s` : ''),
    'number',
  ],
  ['lost', ({ lost }) => (lost > 0 ? count(lost) : ''), 'number'],
  ['segments', ({ segments }) => count(segments), 'number'],
  ['size', (lane) => bytes(lane.bytes), 'number'],
]

const total = (counts) => Object.values(counts ?? {}).reduce((sum, times) => sum + times, 0)

function restartsOf(restarts) {
  const entries = Object.entries(restarts)
  const words = entries.map(([role, { count: times }]) => `${role} ${count(times)}`)
  return [entries.reduce((sum, [, { count: times }]) => sum + times, 0), words.join(' · ')]
}

/** Longer than its last bound is not known more exactly. */
const within = (ms) => (ms === null ? 'over a minute' : `${count(ms)} ms`)

function cards(status) {
  const { engine, lanes, sizes, readers, refused_requests, versions } = status
  const small = (name, value, aside) => card(name, value, aside, 'small')
  const waits = Math.max(0, ...lanes.map(({ waiting_s }) => waiting_s))
  const [restarts, whose] = restartsOf(status.restarts)
  const refused = refused_requests === null ? '?' : count(total(refused_requests))
  const codes = Object.entries(refused_requests ?? {}).map(([code, times]) => `${code} ${times}`)
  return el(
    'dl',
    { class: 'cards wide' },
    small('Engine', engine.state, `batch ${count(engine.batch)}`),
    small('Pending', count(engine.pending), `the oldest waits ${count(Math.round(waits))} s`),
    small('Watermark', timeOf(engine.watermark), 'UTC; later events may still be on time'),
    small(
      'Last batch',
      `${count(engine.batch_ms)} ms`,
      engine.batch === 0 ? '' : `99 % within ${within(engine.batch_p99_ms)}`,
    ),
    small('Refused', refused, codes.join(' · ') || 'requests, since the collector started'),
    small('Restarts', count(restarts), whose || 'no supervisor'),
    small('Log', bytes(sizes.log_bytes), `archive ${bytes(sizes.archive_bytes)}`),
    small(
      'Database',
      bytes(sizes.database_bytes + sizes.wal_bytes),
      sizes.spill_bytes > 0 ? `spill ${bytes(sizes.spill_bytes)}` : 'a cache of the log',
    ),
    small(
      'Disk',
      bytes(sizes.disk_free_bytes),
      `free; reserve ${bytes(status.disk_reserve_bytes)}`,
    ),
    small('Queries', `${readers.busy} of ${readers.most}`, `${count(readers.waiting)} wait`),
    small('Memory', bytes(status.process.resident_bytes), 'of the process that serves this'),
    small(
      'Up',
      duration(status.uptime_s),
      `Clickpath ${versions.clickpath}, DuckDB ${versions.duckdb}`,
    ),
  )
}

/** What needs an eye; in red what does not mend itself. */
function concernsOf({ concerns, engine }) {
  const lines = concerns.map(({ level, said }) =>
    level === 'problem'
      ? el('p', { class: 'alert', role: 'alert' }, said)
      : el('p', { class: 'note' }, said),
  )
  const failed = engine.last_failure
  if (!failed || engine.last_error) return lines
  const past = `A batch failed last on ${timeOf(failed.at)} UTC: ${failed.message}`
  return [...lines, el('p', { class: 'note' }, past)]
}

export function healthView(place, signal) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  poll('/api/status', 2_000, signal, (status) => {
    const lanes =
      status.lanes.length === 0
        ? el('p', { class: 'lead' }, 'The log has no lanes yet: nothing was sent or imported.')
        : plainTable(LANES, status.lanes)
    place.replaceChildren(
      el('h1', {}, 'Health'),
      ...concernsOf(status),
      cards(status),
      el('h2', {}, 'Lanes of the log'),
      lanes,
    )
  })
}
