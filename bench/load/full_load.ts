/** As much as the collector takes: each connection waits for nothing but its own answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import type { FullLoad, LoadResult } from './plan.ts'
import { NumberedRequest } from './requests.ts'
import { Tally } from './tally.ts'

/** After the end, for the answers to what was sent before it. */
const LAST_ANSWERS_MS = 10_000
/** A connection that was refused waits so long, as a client told to come again would. */
const REFUSED_PAUSE_MS = 50

export async function runFullLoad(plan: FullLoad, onMeasuring: () => void): Promise<LoadResult> {
  const run = Math.floor(Math.random() * 1e9).toString(36)
  const tally = new Tally(plan, performance.now())
  const senders = Array.from({ length: plan.connections }, (_, index) =>
    send(plan, `${run}-${index}`, tally),
  )
  const all = Promise.all(senders)
  // Whatever comes first: a connection that broke ends it at once.
  await Promise.race([all, passed(tally.from_ms)])
  tally.noteCpu()
  onMeasuring()
  await Promise.race([all, passed(tally.to_ms)])
  tally.noteCpu()
  const inTime = await Promise.race([all, passed(tally.to_ms + LAST_ANSWERS_MS)])
  if (inTime === 'passed') throw new Error('answers did not come')
  return tally.result()
}

/** Resolves at a time of this process's clock; does not keep the process alive. */
function passed(at_ms: number): Promise<'passed'> {
  return sleep(at_ms - performance.now(), 'passed' as const, { ref: false })
}

/** Resolves with the answer to the last request; rejects when the connection breaks before. */
async function send(plan: FullLoad, idPrefix: string, tally: Tally): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { url, door, batch: events, event_bytes } = plan
  const timestamp = new Date().toISOString()
  const { host } = new URL(url)
  const request = new NumberedRequest({ host, door, events, event_bytes, idPrefix, timestamp })
  let sent_ms = 0
  const next = () => {
    sent_ms = performance.now()
    if (sent_ms < tally.to_ms) connection.send(request.next())
    else resolve()
  }
  const connection = await Connection.open(url, {
    onAnswer: (answer) => {
      tally.note(answer, sent_ms, performance.now())
      if (answer.status === 200) next()
      else setTimeout(next, REFUSED_PAUSE_MS)
    },
    onEnd: (reason) => reject(new Error(`a connection broke: ${reason}`)),
  })
  next()
  try {
    await promise
  } finally {
    connection.close()
  }
}
