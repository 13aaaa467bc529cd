/** The page: which view the address names, and going from one to the next. */
import { el } from './dom.js'
import { healthView } from './health.js'
import { invalidView } from './invalid.js'
import { ledgerView } from './ledger.js'
import { nowView } from './now.js'
import { tablesView } from './tables.js'

/** A view fills its place and follows the server until the signal aborts. */
const VIEWS = {
  now: ['Now', nowView],
  tables: ['Tables', tablesView],
  ledger: ['Ledger', ledgerView],
  invalid: ['Invalid', invalidView],
  health: ['Health', healthView],
}

const content = document.getElementById('content')
let leaving = new AbortController()
let shown

function show() {
  const [, name = 'now', ...rest] = location.hash.split('/')
  const known = Object.hasOwn(VIEWS, name) ? name : 'now'
  const [title, view] = VIEWS[known]
  leaving.abort()
  leaving = new AbortController()
  document.title = `${title} · Clickpath`
  for (const link of document.querySelectorAll('#pages a')) {
    const isCurrent = link.hash === `#/${known}`
    if (isCurrent) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  const place = el('div')
  place.style.display = 'contents'
  content.replaceChildren(place)
  view(place, leaving.signal, rest.map(decodeURIComponent))
  if (shown !== undefined && shown !== known) content.focus({ preventScroll: true })
  shown = known
}

const links = Object.entries(VIEWS).map(([name, [title]]) => el('a', { href: `#/${name}` }, title))
document.getElementById('pages').append(...links)
document.querySelector('.skip').addEventListener('click', (event) => {
  // The address names the view; the skip link must not change it.
  event.preventDefault()
  content.focus()
})
window.addEventListener('hashchange', show)
show()
