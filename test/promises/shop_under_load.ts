/**
 * A shop under load whose processes are killed, and what must hold afterwards: "acknowledged means
 * never lost, never counted twice". The client remembers what was acknowledged and sends again what
 * was not; an independent reducer says what every table must be.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { startUp, type UpProcess } from '../cli/up_process.ts'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import type { Random } from '../oracle/random.ts'
import { oracleTables } from '../oracle/tables.ts'

export const FLAGS = ['--log-reserve-mb', '0']
export const SENDERS = 4
/** Between a sender's batches: enough load to be always in the middle of something. */
const PAUSE_MS = 50
const SETTLED_MS_MAX = 30_000

/** Sends a shop's events and remembers which of them were acknowledged. */
export class Client {
  readonly told = new Map<string, OracleEvent>()
  readonly acknowledged = new Set<string>()
  readonly #random: Random
  #url: string
  #next = 0
  stopped = false
  #abandoned = false

  constructor(url: string, random: Random) {
    this.#url = url
    this.#random = random
  }

  /** Nobody will answer any more. */
  abandon(): void {
    this.stopped = true
    this.#abandoned = true
  }

  moved(url: string): void {
    this.#url = url
  }

  /** Sends batches until stopped; every batch again until it is acknowledged. */
  async send(): Promise<void> {
    while (!this.stopped) {
      const batch = Array.from({ length: 1 + this.#random.below(40) }, () => this.#event())
      for (const event of batch) this.told.set(event.event_id, event)
      while (!(await this.#post(batch)) && !this.#abandoned) await sleep(20)
      if (this.#abandoned) return
      for (const { event_id } of batch) this.acknowledged.add(event_id)
      await sleep(PAUSE_MS)
    }
  }

  async #post(batch: readonly OracleEvent[]): Promise<boolean> {
    const body = JSON.stringify(
      batch.map((event) => {
        const { record: _, source: __, received_at: ___, event_time, ...rest } = recordOf(event, '')
        return { ...rest, timestamp: event_time }
      }),
    )
    try {
      const response = await fetch(`${this.#url}/v1/events`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(5_000),
      })
      const answer = (await response.json()) as { accepted?: number }
      if (response.status === 200) assert.equal(answer.accepted, batch.length)
      return response.status === 200
    } catch (thrown) {
      if (thrown instanceof assert.AssertionError) throw thrown
      return false
    }
  }

  #event(): OracleEvent {
    const number = this.#next++
    const random = this.#random
    const time = new Date(Date.UTC(2026, 0, 31, 12) + random.below(7_200_000)).toISOString()
    return {
      event_id: `e${number}`,
      event_type: random.pick(['view', 'view', 'cart', 'purchase']),
      event_time: time,
      source: 'local',
      origin: 'browser',
      user_id: `u${random.below(50)}`,
      session_id: `s${random.below(90)}`,
      product_id: `p${random.below(30)}`,
      category: random.pick(['shoes', 'bags', null]),
      price: `${random.below(10_000) / 100}`,
    }
  }
}

export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    body: JSON.stringify({ sql }),
    headers: { 'content-type': 'application/json' },
  })
  const answer = (await response.json()) as { rows: readonly Record<string, unknown>[] }
  assert.equal(response.status, 200, JSON.stringify(answer))
  return answer.rows
}

/**
 * Whether there was somebody to kill: a process may be dead already, its successor not yet told.
 */
function kill(up: UpProcess, role: 'up' | 'collect' | 'serve'): 'killed' | 'gone' {
  try {
    process.kill(up.running(role).pid, 'SIGKILL')
    return 'killed'
  } catch {
    return 'gone'
  }
}

export interface Strike {
  readonly up: UpProcess
  readonly kills: number
}

/** Kills one of the processes, or all of them at once and then starts again. */
export async function strike(up: UpProcess, random: Random, client: Client): Promise<Strike> {
  const victim = random.pick(['collect', 'serve', 'serve', 'all'] as const)
  if (victim !== 'all') return { up, kills: kill(up, victim) === 'killed' ? 1 : 0 }
  const struck = (['up', 'collect', 'serve'] as const).map((role) => kill(up, role))
  await up.ended()
  const again = await startUp(up.directory, FLAGS)
  client.moved(again.url)
  return { up: again, kills: struck.filter((how) => how === 'killed').length > 0 ? 1 : 0 }
}

/** Resolves when every event that was acknowledged until now is in the tables. */
export async function untilVisible(url: string, events: number): Promise<void> {
  const until_ms = performance.now() + SETTLED_MS_MAX
  while (performance.now() < until_ms) {
    const [row] = await ask(url, 'SELECT count(*) AS n FROM events').catch(() => [{ n: -1 }])
    if (Number(row?.n) >= events) return
    await sleep(50)
  }
  throw new Error(`The tables did not come to hold ${events} events.`)
}

/** Resolves when the ledger balances: while events come in it may be read between two steps. */
export async function untilBalanced(url: string): Promise<void> {
  const until_ms = performance.now() + SETTLED_MS_MAX
  while (performance.now() < until_ms) {
    const response = await fetch(`${url}/api/ledger`).catch(() => null)
    const { balanced } = ((await response?.json()) ?? {}) as { balanced?: boolean }
    if (balanced) return
    await sleep(50)
  }
  throw new Error('The ledger does not balance.')
}

interface Totals {
  readonly stored: number
  readonly duplicate: number
  readonly invalid: number
  readonly pending: number
}

/** At rest: the events, the ledger and every table are what the client knows. */
export async function checkAll(url: string, client: Client): Promise<Totals> {
  assert.equal(client.acknowledged.size, client.told.size)
  await untilVisible(url, client.told.size)
  const ids = await ask(url, 'SELECT event_id FROM events')
  assert.deepEqual(ids.map(({ event_id }) => event_id).sort(), [...client.told.keys()].sort())
  const ledger = await (await fetch(`${url}/api/ledger`)).json()
  const { totals, balanced } = ledger as { totals: Totals; balanced: boolean }
  assert.equal(balanced, true)
  assert.deepEqual([totals.stored, totals.invalid, totals.pending], [client.told.size, 0, 0])
  const expected = oracleTables([...client.told.values()])
  for (const name of Object.keys(expected) as OracleTable[]) {
    compareTable(name, await ask(url, `SELECT * FROM ${name}`), expected[name])
  }
  return totals
}
