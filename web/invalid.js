/** What could not be understood, why, and how to mend it. */
import { poll } from './api.js'
import { el } from './dom.js'
import { count, timeOf } from './format.js'

function pretty(raw) {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return String(raw ?? '')
  }
}

function sampleOf({ source, received_at, detail, raw, raw_truncated }) {
  return el(
    'details',
    {},
    el('summary', {}, `${timeOf(received_at)} · ${source} · ${detail ?? 'no detail'}`),
    el('pre', {}, `${pretty(raw)}${raw_truncated ? '\n… cut here' : ''}`),
  )
}

function reasonPanel({ reason, sentence, count: events, last_received_at, samples }) {
  return el(
    'section',
    { class: 'panel' },
    el(
      'div',
      { class: 'toolbar' },
      el('h2', {}, reason),
      el('span', { class: 'badge bad' }, count(events)),
      el('span', { class: 'note' }, `last ${timeOf(last_received_at)} UTC`),
    ),
    el('p', {}, sentence),
    ...samples.map(sampleOf),
  )
}

export function invalidView(place, signal) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  let before
  poll('/api/invalid', 4_000, signal, ({ reasons }) => {
    // Redrawn only when it changed, so that a sample being read stays open.
    const now = JSON.stringify(reasons)
    if (now === before) return
    before = now
    const empty = el(
      'p',
      { class: 'panel' },
      'Nothing is invalid. An event that cannot be understood is never lost: it is kept here, with the reason and what was sent.',
    )
    const lead = 'Kept as they were sent, with the reason. Mend the sender and send them again.'
    place.replaceChildren(
      el('div', {}, el('h1', {}, 'Invalid events'), el('p', { class: 'lead' }, lead)),
      ...(reasons.length === 0 ? [empty] : reasons.map(reasonPanel)),
    )
  })
}
