/**
 * A steady load of one program on a whole `clickpath up`, whose collector is killed under it twice:
 * it comes back at once, then late. Afterwards the data folder, at rest, tells what became of each
 * event.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, runToEnd, startUp, type UpProcess } from '../cli/up_process.ts'

/** How long each new collector is held up; in the end for longer than rudder-sdk-node tries. */
const STARTS_MS: readonly number[] = [0, 1_800]
/** Long enough for every program to send something to a collector that reads nothing more. */
const STANDSTILL_MS = 100
const BETWEEN_KILLS_MS = 200
const BETWEEN_EVENTS_MS = 5
const EVENTS_MIN = 200
/** The bound of a whole test, from its start to the last figure. */
export const RESTARTS_MS_MAX = 60_000

export interface LoadedDoor {
  readonly url: string
  readonly key: string
}

/** One program that sends. */
export interface Load {
  /** Hands the program one event, a view of this product; it does not wait for its delivery. */
  send(product: string): unknown
  /**
   * Waits until nothing is on its way any more; `arrived` tells it to a program that does not know.
   */
  finish(arrived: () => Promise<boolean>): Promise<unknown>
}

export interface LoadFigures {
  /** Events that the program accepted; of them `sent_away`, while there was no collector. */
  readonly sent: number
  readonly sent_away: number
  /** Rows of all these events, and how many of the events have one. */
  readonly rows: number
  readonly stored: number
  /** Further copies that came, each known as one. */
  readonly copies: number
}

/**
 * Runs the load while the collector is killed twice, then asserts that every event which the
 * program accepted is stored exactly once. Returns the figures for what else is promised of it.
 */
export async function restartUnderLoad(
  t: TestContext,
  open: (door: LoadedDoor) => Load | Promise<Load>,
): Promise<LoadFigures> {
  const up = await startUp(dataFolder(t))
  const [key = ''] = Object.keys(JSON.parse(readFileSync(join(up.directory, 'keys.json'), 'utf8')))
  const load = await open({ url: up.url, key })
  const { sent, sent_away } = await sendUnderRestarts(up, load)
  await load.finish(async () => (await productsOf(up.url)) === sent)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
  const figures: LoadFigures = { sent, sent_away, ...(await figuresAtRest(up.directory)) }
  const told = JSON.stringify(figures)
  assert.deepEqual([figures.stored, figures.rows], [sent, sent], told)
  assert.ok(sent_away >= 20, `the load was too light: ${told}`)
  return figures
}

async function sendUnderRestarts(up: UpProcess, load: Load) {
  let now: 'served' | 'away' | 'over' = 'served'
  const restarts = async () => {
    for (const start_ms of STARTS_MS) {
      await sleep(BETWEEN_KILLS_MS)
      now = 'away'
      await restartCollector(up, start_ms)
      now = 'served'
    }
    await sleep(BETWEEN_KILLS_MS)
  }
  const over = restarts().finally(() => {
    now = 'over'
  })
  let sent = 0
  let sent_away = 0
  const state = (): string => now
  while (state() !== 'over' || sent < EVENTS_MIN) {
    if (state() === 'away') sent_away++
    await load.send(`p${sent++}`)
    await sleep(BETWEEN_EVENTS_MS)
  }
  await over
  return { sent, sent_away }
}

/**
 * Kills the collector while it has requests in hand: what it is sent when it stands still has been
 * read by nobody when it dies. Resolves when the next one answers.
 */
async function restartCollector(up: UpProcess, start_ms: number): Promise<void> {
  const { pid } = up.running('collect')
  process.kill(pid, 'SIGSTOP')
  await sleep(STANDSTILL_MS)
  process.kill(pid, 'SIGKILL')
  await up.replaced('collect', pid)
  const next = up.running('collect').pid
  process.kill(next, 'SIGSTOP')
  await sleep(start_ms)
  process.kill(next, 'SIGCONT')
  await (await fetch(`${up.url}/healthz`)).text()
}

async function productsOf(url: string): Promise<number> {
  const sql = 'SELECT count(DISTINCT product_id) AS products FROM events'
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ sql })
  const response = await fetch(`${url}/api/query`, { method: 'POST', headers, body })
  const { rows } = (await response.json()) as { rows: readonly [{ products: number }] }
  return Number(rows[0].products)
}

/** Asked of the folder at rest, so that nothing is still on its way into the tables. */
async function figuresAtRest(directory: string) {
  const sql = `SELECT count(*) AS rows, count(DISTINCT product_id) AS stored,
      (SELECT sum(duplicate) FROM ledger) AS copies
    FROM events WHERE event_type = 'view'`
  const { stdout } = await runToEnd(['query', sql, '--data', directory, '--json'])
  const [{ rows, stored, copies }] = JSON.parse(stdout)
  return { rows: Number(rows), stored: Number(stored), copies: Number(copies) }
}
