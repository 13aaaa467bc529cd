/** How the pipeline is: lag, watermark, lanes, sizes, versions. */
import { poll } from './api.js'
import { card, el, plainTable } from './dom.js'
import { bytes, count, duration, timeOf } from './format.js'

const LANES = [
  ['lane', ({ lane }) => lane],
  ['durable', ({ durable_position }) => count(durable_position), 'number'],
  ['in the tables', ({ offset }) => count(offset), 'number'],
  ['pending', ({ pending }) => count(pending), 'number'],
  ['segments', ({ segments }) => count(segments), 'number'],
  ['size', (lane) => bytes(lane.bytes), 'number'],
]

function cards({ engine, sizes, versions, uptime_s }) {
  const small = (name, value, aside) => card(name, value, aside, 'small')
  return el(
    'dl',
    { class: 'cards wide' },
    small('Engine', engine.state, `batch ${count(engine.batch)}`),
    small('Pending', count(engine.pending), 'durable, not yet in the tables'),
    small('Watermark', timeOf(engine.watermark), 'UTC; later events may still be on time'),
    small('Last batch', `${count(engine.batch_ms)} ms`, 'until it was visible'),
    small('Log', bytes(sizes.log_bytes), `segments: ${count(sizes.log_segments)}`),
    small('Database', bytes(sizes.store_bytes), 'a cache of the log'),
    small('Memory', bytes(sizes.resident_bytes), 'of the process that serves this'),
    small('Up', duration(uptime_s), `Clickpath ${versions.clickpath}, DuckDB ${versions.duckdb}`),
  )
}

export function healthView(place, signal) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  poll('/api/status', 2_000, signal, (status) => {
    const { last_error } = status.engine
    const lanes =
      status.lanes.length === 0
        ? el('p', { class: 'lead' }, 'The log has no lanes yet: nothing was sent or imported.')
        : plainTable(LANES, status.lanes)
    place.replaceChildren(
      el('h1', {}, 'Health'),
      ...(last_error ? [el('p', { class: 'alert', role: 'alert' }, last_error)] : []),
      cards(status),
      el('h2', {}, 'Lanes of the log'),
      lanes,
    )
  })
}
