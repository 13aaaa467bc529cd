/** Where every record went, and whether the sum is right. */
import { poll } from './api.js'
import { el, plainTable } from './dom.js'
import { count, timeOf } from './format.js'

const OUTCOMES = ['stored', 'duplicate', 'invalid', 'filtered', 'erased']
/** Shown only where somebody gave records up. */
const LOST = 'lost_to_damage'
const outcomesOf = (totals) => (totals[LOST] > 0 ? [...OUTCOMES, LOST] : OUTCOMES)
const wordOf = (name) => name.replaceAll('_', ' ')

function badge(balanced) {
  return balanced
    ? el('span', { class: 'badge' }, '✓ balanced')
    : el('span', { class: 'badge bad' }, '✗ does not balance')
}

function equation(totals) {
  const term = (name) =>
    el('div', {}, el('strong', {}, count(totals[name])), el('span', {}, wordOf(name)))
  const parts = [...outcomesOf(totals), 'pending'].flatMap((name, at) => [
    el('i', { 'aria-hidden': 'true' }, at === 0 ? '=' : '+'),
    term(name),
  ])
  return el('div', { class: 'equation' }, term('received'), parts)
}

function refusedPanel(refused) {
  const intro =
    'Requests refused whole left no record and stand beside the ledger, counted since the collector started.'
  const found = Object.entries(refused ?? {})
  const words = found.map(([code, times]) => `${code} ${count(times)}`).join(' · ')
  const answer =
    refused === null ? 'The collector could not be asked.' : words || 'None was refused.'
  return el(
    'section',
    { class: 'panel' },
    el('h2', {}, 'Refused requests'),
    el('p', {}, answer),
    el('p', { class: 'note' }, intro),
  )
}

function hours({ rows, totals, truncated }) {
  if (rows.length === 0) return el('p', { class: 'lead' }, 'No records yet.')
  const columns = [
    ['source', ({ source }) => source],
    ['hour of arrival (UTC)', ({ hour }) => timeOf(hour)],
    ...['received', ...outcomesOf(totals)].map((name) => [
      wordOf(name),
      (row) => count(row[name]),
      'number',
    ]),
    ['late', ({ late }) => count(late), 'number'],
    ['', ({ balanced }) => badge(balanced)],
  ]
  const note = truncated
    ? el('p', { class: 'note' }, 'The newest hours; all are in the API.')
    : null
  return el('div', {}, plainTable(columns, rows), note)
}

export function ledgerView(place, signal) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  let before
  poll('/api/ledger', 2_000, signal, (ledger) => {
    // Redrawn only when it changed, so that a reader's place in the table stays.
    const now = JSON.stringify(ledger)
    if (now === before) return
    before = now
    place.replaceChildren(
      el(
        'section',
        { class: 'panel' },
        el('div', { class: 'toolbar' }, el('h1', {}, 'Ledger'), badge(ledger.balanced)),
        el('p', { class: 'lead' }, 'Every record the log took has exactly one outcome.'),
        equation(ledger.totals),
      ),
      hours(ledger),
      refusedPanel(ledger.refused_requests),
    )
  })
}
