/** An import that is killed goes on where it stopped; while a server runs it goes through it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, runToEnd, startUp } from '../cli/up_process.ts'
import { Shop } from '../engine/shop.ts'
import { counts, fileOf, imported, REES46_HEAD, rees46Row, type Told } from './importing.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')
const ROWS = 20_000

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => rees46Row({ product_id: `p${at % 97}`, price: `${at}` }))

const segmentsIn = (directory: string) =>
  globSync(join(directory, 'log', 'import-*', '*.parquet')).filter((file) => /\d\.p/.test(file))

/** Ends the process hard once it has made so many segments more; whether it came to that. */
async function killAfter(child: ChildProcess, directory: string, more: number): Promise<boolean> {
  const due = segmentsIn(directory).length + more
  while (child.exitCode === null && segmentsIn(directory).length < due) await sleep(1)
  if (child.exitCode !== null) return false
  child.kill('SIGKILL')
  await once(child, 'close')
  return true
}

for (const mode of ['row', 'content']) {
  test(`an import killed again and again gives every row once (ids by ${mode})`, async (t) => {
    const shop = new Shop(t)
    const file = fileOf(t, [REES46_HEAD, ...rowsOf(ROWS)])
    const args = ['--format', 'rees46', '--event-id', mode, '--data', shop.directory]
    const small = ['--batch-records-max', '1000', '--log-reserve-mb', '0']
    const kills: boolean[] = []
    for (const more of [1, 4, 2]) {
      const child = spawn(process.execPath, [PROGRAM, 'import', file, ...args, ...small])
      kills.push(await killAfter(child, shop.directory, more))
    }
    assert.deepEqual(kills, [true, true, true])
    // Larger segments now: what is done is known by rows, not by segments.
    const last = await imported(shop.directory, file, ...args)
    assert.ok(last.continued_at >= 5_000 && last.continued_at < ROWS, `${last.continued_at}`)
    assert.deepEqual(counts(last), { received: ROWS, stored: ROWS, duplicate: 0, invalid: 0 })
    await shop.open()
    const [all] = await shop.rows(`SELECT count(*) AS rows, count(DISTINCT event_id) AS ids,
      count(DISTINCT price) AS prices, count(DISTINCT received_at) AS times FROM events`)
    assert.deepEqual(all, { rows: ROWS, ids: ROWS, prices: ROWS, times: 1 })
    await shop.close()
    const again = await imported(shop.directory, file, ...args)
    assert.deepEqual(counts(again), { received: ROWS, stored: 0, duplicate: ROWS, invalid: 0 })
  })
}

test('an import that is asked to stop says how it goes on', async (t) => {
  const shop = new Shop(t)
  const file = fileOf(t, [REES46_HEAD, ...rowsOf(ROWS)])
  const args = ['--format', 'rees46', '--data', shop.directory, '--log-reserve-mb', '0']
  const small = ['--batch-records-max', '500']
  const child = spawn(process.execPath, [PROGRAM, 'import', file, ...args, ...small])
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  while (segmentsIn(shop.directory).length === 0) await sleep(1)
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(said, /Interrupted; the same command continues it/)
  const told = await imported(shop.directory, file, ...args)
  assert.ok(told.continued_at > 0)
  assert.equal(told.stored, ROWS)
})

test('goes through the server that runs on the data folder, beside live events', async (t) => {
  const up = await startUp(dataFolder(t))
  const file = fileOf(t, [REES46_HEAD, ...rowsOf(5_000), 'broken'])
  const args = ['import', file, '--format', 'rees46', '--data', up.directory, '--json']
  const [first, live] = await Promise.all([
    runToEnd(args),
    fetch(`${up.url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify({ event_type: 'view', user_id: 'u', event_id: 'live' }),
    }),
  ])
  assert.equal(first.code, 0, first.stderr)
  assert.equal(live.status, 200)
  const told = JSON.parse(first.stdout) as Told
  assert.deepEqual(counts(told), { received: 5_001, stored: 5_000, duplicate: 0, invalid: 1 })
  const second = JSON.parse((await runToEnd(args)).stdout) as Told
  assert.deepEqual(counts(second), { received: 5_001, stored: 0, duplicate: 5_000, invalid: 1 })
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})
