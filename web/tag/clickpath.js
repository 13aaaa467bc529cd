/**
 * The tag: the script that a shop's pages load. It tells the collector of page views and of what
 * the page calls `clickpath(type, fields)` for. Served inside a function of its own, without
 * comments and indentation (src/collect/tag.ts), so every comment here has lines of its own.
 *
 *   <script>window.clickpath ||= (...call) => (clickpath.early ||= []).push(call)</script>
 *   <script async src="https://shop.example/clickpath.js" data-key="KEY"></script>
 *
 *   clickpath('view', { product_id: 'p1', price: 29.9 })    an event, fields as /schemas says
 *   clickpath('user', 'u1')      who it is from now on; null after a logout
 *   clickpath('forget')          a new visitor; nothing of the old one stays in the browser
 *
 *   data-visitor  how long a visitor is known: `page` (nothing is stored in the browser), `tab`
 *                 (sessionStorage; the default) or `device` (localStorage). Never by a cookie.
 *   data-pages    `manual`: page views are told by clickpath('page') alone
 *   data-path     where to send to, another path or address than the collector's own
 *
 * Nothing is told twice for good: an event keeps its id however often it is sent. What could not be
 * sent waits in localStorage for the next try or visit (with `page`, in memory alone).
 */

// The collector writes its settings collect_path and privacy_signals over these two.
const COLLECT_PATH = '/v1/events'
const PRIVACY_SIGNALS = 'anonymise'

const WAITING_MAX = 300
const BATCH_EVENTS_MAX = 50
// Browsers take 64 KB at most when a page is left; letters beyond ASCII count up to three.
const BATCH_LETTERS_MAX = 20_000
const GATHER_MS = 400
const RETRY_MS_MAX = 60_000
const URL_LETTERS_MAX = 4_000

const script = document.currentScript
const { key, visitor = 'tab', pages, path = COLLECT_PATH } = script.dataset
const endpoint = new URL(path, script.src).href
const asksNotToBeKnown =
  PRIVACY_SIGNALS !== 'ignore' && (navigator.globalPrivacyControl || navigator.doNotTrack === '1')
const isKept = visitor !== 'page' && !asksNotToBeKnown

/** A browser that stores nothing, or no more, is no reason to fail: then it is kept in memory. */
function withStorage(name, work) {
  try {
    return isKept ? work(window[name]) : undefined
  } catch {
    return undefined
  }
}

const identityStorage = visitor === 'device' ? 'localStorage' : 'sessionStorage'

function remember(name, value) {
  withStorage(identityStorage, (storage) => {
    if (value) storage.setItem(name, value)
    else storage.removeItem(name)
  })
  return value
}

const recall = (name) => withStorage(identityStorage, (storage) => storage.getItem(name))

/** Tricky: `crypto.randomUUID` exists on pages over https alone. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

let anonymousId
let userId

function meet() {
  anonymousId = recall('clickpath.visitor') || remember('clickpath.visitor', newId())
  userId = recall('clickpath.user')
}

/** Events not acknowledged yet, oldest first, and those of them that are under way. */
let waiting = []
let underWay = []
let failures = 0
let timer

/** Those left by an earlier visit, read and written as one: other tabs do the same. */
function changeStored(change) {
  withStorage('localStorage', (storage) => {
    const stored = JSON.parse(storage.getItem('clickpath.waiting') || '[]')
    const changed = change(stored)
    if (changed.length > 0) {
      storage.setItem('clickpath.waiting', JSON.stringify(changed.slice(-WAITING_MAX)))
    } else if (stored.length > 0) storage.removeItem('clickpath.waiting')
  })
}

const without = (events, others) => {
  const ids = new Set(others.map((event) => event.event_id))
  return events.filter((event) => !ids.has(event.event_id))
}

const keep = (events) => changeStored((stored) => [...without(stored, events), ...events])
const unkeep = (events) => changeStored((stored) => without(stored, events))

/** At the bound the oldest go: what happens now can still be sent, what is old has waited long. */
function put(events) {
  waiting = [...waiting, ...without(events, [...waiting, ...underWay])].slice(-WAITING_MAX)
  schedule(waiting.length < BATCH_EVENTS_MAX ? GATHER_MS : 0)
}

function schedule(wait_ms) {
  if (underWay.length > 0 || failures > 0) return
  clearTimeout(timer)
  timer = setTimeout(send, wait_ms)
}

function takeBatch() {
  let letters = 0
  const end = waiting.findIndex((event, index) => {
    letters += JSON.stringify(event).length
    return index === BATCH_EVENTS_MAX || (index > 0 && letters > BATCH_LETTERS_MAX)
  })
  return waiting.splice(0, end < 0 ? waiting.length : end)
}

/** As text and without headers of its own, so that a browser need not ask the collector before. */
const bodyOf = (events) =>
  JSON.stringify({ events, writeKey: key, sent_at: new Date().toISOString() })

function send() {
  if (underWay.length > 0) return
  underWay = takeBatch()
  if (underWay.length === 0) {
    failures = 0
    return
  }
  const batch = underWay
  const options = { method: 'POST', body: bodyOf(batch), keepalive: true, credentials: 'omit' }
  fetch(endpoint, options)
    .then(({ status }) => status < 500 && status !== 429)
    .catch(() => false)
    .then((settled) => {
      underWay = []
      if (settled) succeed(batch)
      else fail(batch)
    })
}

/** Taken, or refused for good: the collector says why in its answer, and would say so again. */
function succeed(batch) {
  failures = 0
  unkeep(batch)
  if (waiting.length > 0) schedule(0)
}

function fail(batch) {
  waiting = [...batch, ...waiting].slice(-WAITING_MAX)
  keep(waiting)
  failures++
  clearTimeout(timer)
  timer = setTimeout(send, Math.min(RETRY_MS_MAX, 1_000 * 2 ** (failures - 1)))
}

/** The page may be gone at once, so nobody hears whether it worked: what is in doubt is kept. */
function leave() {
  const online = navigator.onLine !== false
  const inDoubt = failures > 0
  while (waiting.length > 0) {
    const batch = takeBatch()
    const sent = online && navigator.sendBeacon(endpoint, bodyOf(batch))
    if (inDoubt || !sent) keep(batch)
  }
  if (underWay.length > 0) keep(underWay)
}

/** What was kept when this page or another one was left. */
function resume() {
  changeStored((stored) => {
    if (stored.length > 0) put(stored)
    return stored
  })
}

function deviceType() {
  const { userAgent } = navigator
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(userAgent)) return 'tablet'
  return /Mobi/.test(userAgent) ? 'mobile' : 'desktop'
}

function campaign() {
  const said = new URLSearchParams(location.search)
  return Object.fromEntries(
    [...said].filter(([name]) => /^utm_(source|medium|campaign|term|content)$/.test(name)),
  )
}

/** Without what stands behind `#`: it is the page's own, and may hold what nobody should see. */
const pageUrl = () => location.href.split('#')[0].slice(0, URL_LETTERS_MAX)

let referrer = document.referrer.slice(0, URL_LETTERS_MAX)
let seenUrl

function tell(type, fields) {
  const event = {
    event_id: newId(),
    event_type: type,
    timestamp: new Date().toISOString(),
    anonymous_id: anonymousId,
    user_id: userId || undefined,
    page_url: pageUrl(),
    referrer,
    device_type: deviceType(),
    ...campaign(),
    ...fields,
  }
  put([event])
}

function seePage() {
  if (seenUrl) referrer = seenUrl
  seenUrl = pageUrl()
  tell('page', { title: document.title })
}

/** After the page's own code, which sets the title once it has changed the address. */
function seeNavigation() {
  setTimeout(() => {
    if (pageUrl() !== seenUrl) seePage()
  })
}

function watchPages() {
  for (const name of ['pushState', 'replaceState']) {
    const change = history[name]
    history[name] = function (...args) {
      change.apply(this, args)
      seeNavigation()
    }
  }
  addEventListener('popstate', seeNavigation)
  // Back by the browser's own memory: the page is seen again, and no script runs anew.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) seePage()
  })
  seePage()
}

function clickpath(type, fields) {
  if (type === 'user') userId = remember('clickpath.user', fields && String(fields))
  else if (type === 'forget') forget()
  else tell(type, fields)
}

function forget() {
  waiting = []
  changeStored(() => [])
  remember('clickpath.visitor')
  remember('clickpath.user')
  meet()
}

function start() {
  const early = window.clickpath?.early || []
  clickpath.isTag = true
  window.clickpath = clickpath
  meet()
  resume()
  addEventListener('online', () => {
    failures = 0
    send()
  })
  addEventListener('pagehide', leave)
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave()
    else resume()
  })
  const isUser = ([type]) => type === 'user'
  for (const call of early.filter(isUser)) clickpath(...call)
  if (pages !== 'manual') watchPages()
  for (const call of early) if (!isUser(call)) clickpath(...call)
}

// A page that the browser loads ahead is seen only when it is shown; a second tag does nothing.
if (document.prerendering) document.addEventListener('prerenderingchange', start, { once: true })
else if (!window.clickpath?.isTag) start()
