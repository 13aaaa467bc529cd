/** `clickpath status`: with a server, without one, while one hangs; and it changes nothing. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ToldStatus } from '../../src/cli/status.ts'
import { eventRecord } from '../engine/shop.ts'
import { emptyFolder, openFolder, RECORDS } from './broken_folder.ts'
import { runHere } from './surroundings.ts'
import { dataFolder, isAlive, startUp, until } from './up_process.ts'

const FLAGS = ['--log-reserve-mb', '0']

async function statusOf(directory: string): Promise<ToldStatus & { readonly code: number }> {
  const { code, stdout, stderr } = await runHere([
    'status',
    '--json',
    '--data',
    directory,
    ...FLAGS,
  ])
  assert.equal(stderr, '')
  return { ...JSON.parse(stdout), code }
}

async function post(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await (await fetch(`${url}/v1/events`, { method: 'POST', headers, body })).text()
}

const event = (event_id: string) =>
  JSON.stringify({ event_id, event_type: 'view', user_id: 'u', product_id: 'p' })

/** Every file below a folder with what it holds. */
function contentsOf(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name)
      return `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
    })
    .sort()
}

test('a running server tells lag, ledger, sizes, refusals, restarts and who runs', async (t) => {
  const up = await startUp(dataFolder(t), FLAGS)
  await post(up.url, event('a'))
  await post(up.url, 'no JSON')
  await fetch(`${up.url}/api/flush`, { method: 'POST' })
  const killed = up.running('collect').pid
  const before = await statusOf(up.directory)
  process.kill(killed, 'SIGKILL')
  await up.replaced('collect', killed)
  const after = await statusOf(up.directory)
  assert.deepEqual([before.code, before.told_by, before.balanced], [0, 'server', true])
  assert.deepEqual(before.refused_requests, { BODY_UNREADABLE: 1 })
  assert.deepEqual([before.totals?.stored, before.totals?.pending], [1, 0])
  assert.deepEqual(
    before.ledger.map(({ source, recent }) => [source, recent.received]),
    [['local', 1]],
  )
  assert.deepEqual([before.lanes[0]?.lane, before.lanes[0]?.waiting_s], ['live', 0])
  assert.ok(before.sizes.database_bytes > 0 && before.sizes.disk_free_bytes > 0)
  assert.ok(Number(before.progress?.batch_p99_ms) >= Number(before.progress?.batch_p50_ms))
  assert.deepEqual([before.restarts.collect?.count, before.concerns], [0, []])
  assert.equal(after.restarts.collect?.count, 1)
  assert.match(after.concerns[0]?.said ?? '', /collect was started again once; .* SIGKILL/)
  const { stdout } = await runHere(['status', '--data', up.directory])
  assert.match(stdout, /^i {2}collect was started again once/)
  assert.match(stdout, /The ledger: it balances/)
  up.signal('SIGTERM')
  await up.ended()
})

test('a server that hangs is told within its time, with all that the folder tells', async (t) => {
  const up = await startUp(dataFolder(t), FLAGS)
  await post(up.url, event('a'))
  const { pid } = up.running('serve')
  process.kill(pid, 'SIGSTOP')
  const status = await statusOf(up.directory)
  assert.deepEqual([status.code, status.told_by, status.progress], [1, 'folder', null])
  assert.deepEqual([status.lanes[0]?.durable_position, status.balanced], [1, null])
  assert.equal(status.concerns[0]?.level, 'problem')
  assert.match(status.concerns[0]?.said ?? '', new RegExp(`within 3 s. .*kill -KILL ${pid};`))
  process.kill(pid, 'SIGKILL')
  await up.replaced('serve', pid)
  assert.equal((await statusOf(up.directory)).code, 0)
  up.signal('SIGTERM')
  await up.ended()
})

test('the folder of killed processes tells what they left, and stays as it is', async (t) => {
  const up = await startUp(dataFolder(t), FLAGS)
  await post(up.url, event('a'))
  await fetch(`${up.url}/api/flush`, { method: 'POST' })
  const pids = (['up', 'serve', 'collect'] as const).map((role) => up.running(role).pid)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await until('all to be gone', () => !pids.some(isAlive))
  assert.ok(existsSync(join(up.directory, 'engine', 'clickpath.duckdb.wal')))
  const before = contentsOf(up.directory)
  const status = await statusOf(up.directory)
  assert.deepEqual([status.code, status.told_by, status.running], [0, 'folder', []])
  assert.deepEqual(
    [status.balanced, status.totals?.stored, status.refused_requests],
    [true, 1, null],
  )
  assert.deepEqual(contentsOf(up.directory), before)
})

test('without a server it tells how far behind the tables are, and does not catch up', async (t) => {
  const folder = await openFolder(t)
  await folder.append([eventRecord('later', '12:00:00')])
  for (const _ of ['once', 'twice']) {
    const { balanced, progress, totals, lanes } = await statusOf(folder.directory)
    assert.deepEqual([balanced, progress?.pending, lanes[0]?.pending], [true, 1, 1])
    assert.deepEqual([totals?.received, totals?.stored, totals?.pending], [RECORDS + 1, RECORDS, 1])
  }
  rmSync(folder.database)
  const { balanced, progress, concerns } = await statusOf(folder.directory)
  assert.deepEqual([balanced, progress], [null, null])
  assert.match(concerns[0]?.said ?? '', /no database yet/)
})

test('a folder that is not there is told as empty, and not made', async (t) => {
  const missing = join(emptyFolder(t).directory, 'nowhere')
  const { code, lanes, running } = await statusOf(missing)
  assert.deepEqual([code, lanes, running], [0, [], []])
  assert.equal(existsSync(missing), false)
})

test('a disk under its reserve is told first', async (t) => {
  const folder = await openFolder(t)
  const { stdout } = await folder.run('status', '--log-reserve-mb', '1000000')
  assert.match(stdout, /^!! .*the reserve is 1000000 MB: events are answered 503/)
})
