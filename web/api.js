/** Asking the server: answers, the token where one is needed, and the live stream. */

const TOKEN = 'clickpath-token'
const RETRY_MS = 2_000

function headers(more = {}) {
  const token = sessionStorage.getItem(TOKEN)
  return token ? { ...more, authorization: `Bearer ${token}` } : more
}

let asking

/** Asks the reader for a token, once for all who need it. */
function askToken() {
  const dialog = document.getElementById('token')
  asking ??= new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        const field = dialog.querySelector('input')
        sessionStorage.setItem(TOKEN, field.value.trim())
        field.value = ''
        asking = undefined
        resolve()
      },
      { once: true },
    )
    dialog.showModal()
  })
  return asking
}

async function ask(path, options, more) {
  const answer = await fetch(path, { ...options, headers: headers(more) })
  if (answer.status !== 401) return answer
  await askToken()
  return ask(path, options, more)
}

async function refusal(answer) {
  const body = await answer.json().catch(() => ({}))
  return new Error(body.message ?? `The server answered ${answer.status}.`)
}

export async function get(path, signal) {
  const answer = await ask(path, { signal })
  if (!answer.ok) throw await refusal(answer)
  return answer.json()
}

/** Saves an answer as a file. */
export async function download(path, name) {
  const answer = await ask(path, {})
  if (!answer.ok) throw await refusal(answer)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** What the header says of the connection: `live`, or `away` while nobody answers. */
export function setConnection(state) {
  const place = document.getElementById('connection')
  if (place.dataset.state === state) return
  place.dataset.state = state
  place.textContent = state === 'live' ? 'live' : 'reconnecting'
}

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Asks again and again until the signal aborts; not while nobody looks. */
export async function poll(path, interval_ms, signal, show) {
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        const answer = await get(path, signal)
        if (signal.aborted) return
        setConnection('live')
        show(answer)
      } catch {
        if (!signal.aborted) setConnection('away')
      }
    }
    await pause(interval_ms, signal)
  }
}

function parse(block) {
  const fields = {}
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ')
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2)
  }
  return fields
}

async function* eventsOf(answer) {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop()
    for (const block of blocks) yield parse(block)
  }
}

/**
 * Follows the live stream, reconnecting where it left off. Read with fetch, not EventSource: that
 * one cannot send a token.
 */
export async function follow(path, signal, show) {
  let last_id = ''
  while (!signal.aborted) {
    try {
      const answer = await ask(path, { signal }, last_id ? { 'last-event-id': last_id } : {})
      if (!answer.ok) throw await refusal(answer)
      setConnection('live')
      for await (const { id, event, data } of eventsOf(answer)) {
        if (data) show(event, JSON.parse(data))
        last_id = id ?? last_id
      }
    } catch {
      // Whatever broke the stream, the next try goes on from the last id.
    }
    if (!signal.aborted) setConnection('away')
    await pause(RETRY_MS, signal)
  }
}
