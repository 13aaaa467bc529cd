/** The time of day jumps by hours, forward and back, under load and between starts. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, startUp, type UpProcess } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { ask, check, sayFindings, untilVisible } from './checks.ts'
import { Client } from './client.ts'
import { shiftedEnvironment } from './clock_shift.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const HOUR_MS = 3_600_000
const JUMPS_H = [3, -2, 30, -9, 0]
const BETWEEN_MS = 400

interface Shop {
  readonly up: UpProcess
  setClock(by_h: number): void
}

async function startShop(t: TestContext): Promise<Shop> {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-clock-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'shift-ms')
  const setClock = (by_h: number) => writeFileSync(file, String(by_h * HOUR_MS))
  setClock(0)
  const env = shiftedEnvironment(file)
  const up = await startUp(dataFolder(t), ['--log-reserve-mb', '0'], { env })
  return { up, setClock }
}

/** The windows that are final now. */
async function finalWindows(url: string): Promise<ReadonlySet<string>> {
  const rows = await ask(
    url,
    'SELECT window_start, category, event_type FROM event_windows_5m WHERE final',
  )
  return new Set(rows.map((row) => JSON.stringify(row)))
}

function assertStillFinal(before: ReadonlySet<string>, after: ReadonlySet<string>): void {
  assert.deepEqual(
    [...before].filter((window) => !after.has(window)),
    [],
  )
}

test(`a clock that jumps under load loses nothing; what is final stays so (seed ${SEED})`, async (t) => {
  const { up, setClock } = await startShop(t)
  const client = new Client(up.url, seededRandom(SEED))
  t.after(() => client.abandon())
  client.begin()
  let final: ReadonlySet<string> = new Set()
  for (const by_h of JUMPS_H) {
    await sleep(BETWEEN_MS)
    setClock(by_h)
    await sleep(BETWEEN_MS)
    await untilVisible(up.url)
    const now = await finalWindows(up.url)
    assertStillFinal(final, now)
    final = now
  }
  await client.rest()
  assert.equal(sayFindings(await check(up.url, client.told)), '')
  assert.ok(final.size > 0, 'nothing was final')
})

test('processes that start at another time of day go on where the others stopped', async (t) => {
  const { up, setClock } = await startShop(t)
  const client = new Client(up.url, seededRandom(SEED))
  t.after(() => client.abandon())
  const struck = [
    { by_h: 5, roles: ['collect', 'serve'] },
    // The collector lives on and must find where the API answers now.
    { by_h: -7, roles: ['serve'] },
  ] as const
  for (const { by_h, roles } of struck) {
    client.begin()
    await sleep(BETWEEN_MS)
    setClock(by_h)
    for (const role of roles) {
      const { pid } = up.running(role)
      process.kill(pid, 'SIGKILL')
      await up.replaced(role, pid)
    }
    await client.rest()
    assert.equal(sayFindings(await check(up.url, client.told)), '')
  }
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})

/** An event that says neither who it is nor when it happened. */
async function sendNameless(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    body: JSON.stringify({ event_type: 'view', user_id: 'u', product_id: 'p' }),
  })
  assert.equal(response.status, 200, await response.text())
}

async function figuresAsOf(url: string): Promise<unknown> {
  return ((await (await fetch(`${url}/api/figures`)).json()) as { as_of: unknown }).as_of
}

async function latestEvent(url: string): Promise<unknown> {
  return (await ask(url, 'SELECT max(event_time) AS latest FROM events'))[0]?.latest
}

test('events that say no time get ids of their own, whatever the clock does', async (t) => {
  const { up, setClock } = await startShop(t)
  let sent = 0
  let final: ReadonlySet<string> = new Set()
  // The same times of day again and again.
  for (const by_h of [0, 2, 0, 2, -1, 2]) {
    setClock(by_h)
    await sleep(50)
    await Promise.all(Array.from({ length: 20 }, () => sendNameless(up.url)))
    sent += 20
    await untilVisible(up.url)
    const now = await finalWindows(up.url)
    assertStillFinal(final, now)
    final = now
    assert.equal(await figuresAsOf(up.url), await latestEvent(up.url), 'the figures are of now')
  }
  const [counted] = await ask(
    up.url,
    'SELECT count(*) AS events, count(DISTINCT event_id) AS ids FROM events',
  )
  assert.deepEqual(counted, { events: sent, ids: sent })
})
