/** One table at a time: its newest rows, changing as they change. */
import { download, follow, get, poll } from './api.js'
import { el } from './dom.js'
import { LiveTable } from './live_table.js'

const ROWS = 200
const STREAM_MS = 3_000

function picker(tables, current) {
  const group = (kind, label) =>
    el(
      'optgroup',
      { label },
      tables
        .filter((table) => table.kind === kind)
        .map(({ name }) => el('option', { value: name, selected: name === current }, name)),
    )
  const go = ({ target }) => {
    location.hash = `#/tables/${target.value}`
  }
  const select = el(
    'select',
    { onchange: go },
    group('table', 'Tables'),
    group('stream', 'Streams'),
  )
  return el('label', {}, 'Table', select)
}

function csvButton(name) {
  const save = () => download(`/api/tables/${name}?format=csv&limit=10000`, `${name}.csv`)
  return el('button', { type: 'button', onclick: save }, 'Save as CSV')
}

function followTable(info, signal, show) {
  const path = encodeURIComponent(info.name)
  if (info.kind === 'table') {
    return follow(
      `/api/live?tables=${path}&limit=${ROWS}`,
      signal,
      (event, { rows, truncated }) => {
        show(event, rows, truncated)
      },
    )
  }
  return poll(`/api/tables/${path}?limit=${ROWS}`, STREAM_MS, signal, ({ rows, truncated }) => {
    show('snapshot', rows, truncated)
  })
}

async function tablesWhenThere(place, signal) {
  while (!signal.aborted) {
    try {
      return (await get('/api/tables', signal)).tables
    } catch (mistake) {
      if (signal.aborted) break
      place.replaceChildren(el('p', { class: 'alert' }, mistake.message))
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
  }
  return []
}

export async function tablesView(place, signal, [wanted]) {
  place.append(el('p', { class: 'lead' }, 'Asking the server…'))
  const tables = await tablesWhenThere(place, signal)
  const info = tables.find(({ name }) => name === wanted) ?? tables[0]
  if (signal.aborted || !info) return
  const table = new LiveTable(info, ROWS)
  const note = el('p', { class: 'note', role: 'status' })
  place.replaceChildren(
    el('div', { class: 'toolbar' }, picker(tables, info.name), csvButton(info.name)),
    el('div', {}, el('h1', {}, info.name), el('p', { class: 'lead' }, info.answers)),
    table.element,
    note,
  )
  await followTable(info, signal, (event, rows, truncated) => {
    table.take(event, rows)
    const all = event === 'snapshot' && !truncated
    if (event === 'snapshot') {
      note.textContent = all ? '' : `The newest ${ROWS} rows; save as CSV for more.`
    }
    if (table.size === 0) note.textContent = 'No rows yet. They appear here by themselves.'
    else if (note.textContent.startsWith('No rows')) note.textContent = ''
  })
}
