/** What the shop does now, and what to do while it does nothing. */
import { poll } from './api.js'
import { card, command, el, svg } from './dom.js'
import { amount, clockOf, count, NOTHING, percent, rate, timeOf } from './format.js'

const MINUTES_MAX = 60
const MINUTES_MIN = 15
const MINUTE_MS = 60_000

const minuteOf = (time) => Math.floor(Date.parse(time) / MINUTE_MS)

function gettingStarted() {
  const { origin } = location
  const event =
    '{"event_type":"view","user_id":"u1","product_id":"p1","category":"shoes","price":59.9}'
  // Only this machine may send without a write key, and only to a server that no other can reach.
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname)
  const key = isLocal ? '' : " -H 'authorization: Bearer WRITE_KEY'"
  const send = `curl ${origin}/v1/events -H 'content-type: application/json'${key} -d '${event}'`
  return el(
    'section',
    { class: 'panel' },
    el('h2', {}, 'No events yet'),
    el('p', { class: 'lead' }, 'Send a first one; it shows here within a second:'),
    command(send),
    el('p', { class: 'lead' }, 'Or let a simulated shop send some:'),
    command(`npx clickpath simulate --url ${origin}`),
    el('p', { class: 'lead' }, 'Or bring last year along:'),
    command('npx clickpath import FILE.csv --format rees46 --data DIR'),
  )
}

/** One bar a minute, from the first minute there is; purchases stand at the foot of it. */
function chart(minutes, span, as_of) {
  const highest = Math.max(1, ...minutes.map(({ events }) => events))
  const bars = minutes.flatMap(({ minute, events, purchases }) => {
    const x = span - 1 - (minuteOf(as_of) - minuteOf(minute)) + 0.1
    const height = (events / highest) * 100
    // A few purchases among many events would be a bar too low to be seen.
    const bought = purchases === 0 ? 0 : Math.max(2, (purchases / highest) * 100)
    const title = svg('title', {}, `${clockOf(minute)}: ${events} events, ${purchases} purchases`)
    const whole = svg('rect', { x, y: 100 - height, width: 0.8, height }, title)
    const part = svg('rect', { x, y: 100 - bought, width: 0.8, height: bought, class: 'bought' })
    return [whole, part]
  })
  const label = `Events a minute over the last ${span} minutes; at most ${count(highest)}`
  const view = { viewBox: `0 0 ${span} 100`, preserveAspectRatio: 'none' }
  return svg('svg', { class: 'chart', role: 'img', 'aria-label': label, ...view }, ...bars)
}

function figureCards(figures) {
  // The currency that earned most stands in front; amounts of several are never added up.
  const [first, ...others] = figures.revenue
  const unit = first?.currency ? el('span', { class: 'unit' }, ` ${first.currency}`) : ''
  const today = first ? el('span', {}, amount(first.today), unit) : NOTHING
  const more = others.map(({ currency, today }) => `${amount(today)} ${currency ?? 'unknown'}`)
  const aside = [`last hour ${amount(first?.last_hour ?? 0)}`, ...more].join(' · ')
  const orders = (name) => figures.revenue.reduce((sum, row) => sum + row[name], 0)
  return el(
    'dl',
    { class: 'cards' },
    card('Events a second', rate(figures.records_per_second), 'last 10 s'),
    card('Visitors', count(figures.visitors_5m), 'last 5 minutes'),
    card('Revenue today', today, aside),
    card(
      'Purchases today',
      count(orders('orders_today')),
      `last hour ${count(orders('orders_1h'))}`,
    ),
    card(
      'Conversion',
      percent(figures.conversion_1h),
      `${count(figures.buyers_1h)} of ${count(figures.visitors_1h)} visitors, last hour`,
    ),
  )
}

function lastHour({ minutes: all, as_of }) {
  const age = ({ minute }) => minuteOf(as_of) - minuteOf(minute) + 1
  const minutes = all.filter((row) => age(row) <= MINUTES_MAX)
  const span = Math.max(MINUTES_MIN, ...minutes.map(age))
  const began = new Date((minuteOf(as_of) - span + 1) * MINUTE_MS).toISOString()
  const swatch = (kind) => el('span', { class: `swatch ${kind}` })
  return el(
    'figure',
    { class: 'panel' },
    el('h2', {}, 'Events a minute'),
    chart(minutes, span, as_of),
    el(
      'figcaption',
      { class: 'note axis' },
      el('span', {}, clockOf(began).slice(0, 5)),
      el('span', {}, swatch(''), 'events', swatch('bought'), 'purchases'),
      el('span', {}, clockOf(as_of).slice(0, 5)),
    ),
  )
}

/** Whether the figures above can be trusted, each with the page that says more. */
function trust({ balanced, totals }) {
  const link = (view, name, value, aside) =>
    el('div', { class: 'card small' }, [
      el('dt', {}, el('a', { href: `#/${view}` }, name)),
      el('dd', {}, value, el('span', { class: 'aside' }, aside)),
    ])
  const sum = balanced ? '✓ balanced' : '✗ does not balance'
  return el(
    'dl',
    { class: 'cards' },
    link('ledger', 'Ledger', sum, `${count(totals.received)} records received`),
    link('invalid', 'Invalid', count(totals.invalid), 'kept, with the reason'),
    link('health', 'Pending', count(totals.pending), 'durable, soon in the tables'),
  )
}

export function nowView(place, signal) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  const trusted = el('div')
  poll('/api/figures', 2_000, signal, (figures) => {
    if (figures.as_of === null) {
      if (!place.querySelector('.command')) place.replaceChildren(gettingStarted())
      return
    }
    place.replaceChildren(
      el(
        'div',
        {},
        el('h1', {}, 'Right now'),
        el('p', { class: 'note' }, `As of the latest event, ${timeOf(figures.as_of)} UTC`),
      ),
      figureCards(figures),
      lastHour(figures),
      trusted,
    )
  })
  poll('/api/ledger?limit=1', 4_000, signal, (ledger) => trusted.replaceChildren(trust(ledger)))
}
