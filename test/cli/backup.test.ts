/** `clickpath backup` while everything runs, and life in the copy: another machine, a later day. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { emptyFolder, openFolder } from './broken_folder.ts'
import { runHere } from './surroundings.ts'
import { dataFolder, startUp } from './up_process.ts'

const FLAGS = ['--log-reserve-mb', '0', '--segment-bytes-max', '100000']
const COUNT = 'SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events'

async function countIn(directory: string): Promise<{ readonly n: number; readonly ids: number }> {
  const words = ['query', COUNT, '--format', 'json', '--data', directory, '--log-reserve-mb', '0']
  const { stdout, stderr } = await runHere(words)
  return JSON.parse(stdout)[0] ?? assert.fail(stderr)
}

test('a backup under load holds all that was acknowledged before it, and starts as it is', async (t) => {
  const up = await startUp(dataFolder(t), FLAGS)
  const headers = { 'content-type': 'application/json' }
  let acknowledged = 0
  let state: 'sending' | 'done' = 'sending'
  const send = async (sender: number) => {
    for (let at = 0; state === 'sending'; at++) {
      const events = Array.from({ length: 20 }, (_, of) => ({
        ...{ event_id: `${sender}-${at}-${of}`, event_type: 'view', user_id: 'u', product_id: 'p' },
      }))
      const body = JSON.stringify(events)
      const answer = await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body })
      if (answer.status === 200) acknowledged += events.length
      await answer.text()
    }
  }
  const senders = [0, 1, 2].map(send)
  const target = join(dataFolder(t), 'copy')
  let before = 0
  for (let round = 0; round < 5; round++) {
    before = acknowledged
    const words = ['backup', target, '--data', up.directory, '--json']
    const { code, stdout, stderr } = await runHere(words)
    assert.equal(code, 0, stdout + stderr)
  }
  state = 'done'
  await Promise.all(senders)
  assert.equal(existsSync(join(target, 'engine')), false)
  const { n, ids } = await countIn(target)
  assert.ok(n >= before, `${n} of ${before} that were acknowledged before`)
  assert.equal(n, ids)

  // On the same machine, beside the first one, which still runs.
  const second = await startUp(target, FLAGS)
  const keys = [up.directory, target].map((path) => readFileSync(join(path, 'keys.json'), 'utf8'))
  assert.equal(keys[1], keys[0])
  const answer = await fetch(`${second.url}/v1/events`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ event_id: 'later', event_type: 'view', user_id: 'u', product_id: 'p' }),
  })
  assert.equal(answer.status, 200)
  for (const one of [second, up]) {
    one.signal('SIGTERM')
    assert.equal((await one.ended()).code, 0)
  }
  const status = JSON.parse((await runHere(['status', '--json', '--data', target])).stdout)
  assert.equal(status.balanced, true)
})

test('a second backup copies what is new, and forgets what is gone', async (t) => {
  const folder = await openFolder(t)
  const target = join(emptyFolder(t).directory, 'copy')
  const run = async () => JSON.parse((await folder.run('backup', target, '--json')).stdout)
  const first = await run()
  assert.ok(first.copied_files >= folder.segments().length)
  assert.equal(first.verdict, 'ok')
  assert.equal((await run()).copied_files, 0)
  const lane = join(target, 'log', 'live')
  const former = '00000000000000000099.ndjson'
  writeFileSync(join(lane, former), 'replaced since')
  assert.equal((await run()).verdict, 'ok')
  assert.equal(readdirSync(lane).includes(former), false)
})

test('a folder of something else is left alone', async (t) => {
  const folder = await openFolder(t)
  const target = emptyFolder(t).directory
  mkdirSync(join(target, 'photos'))
  const { code, stderr } = await folder.run('backup', target)
  assert.deepEqual([code, readdirSync(target)], [2, ['photos']])
  assert.match(stderr, /cannot be a backup: it holds photos/)
  const within = await folder.run('backup', join(folder.directory, 'copy'))
  assert.match(within.stderr, /it lies in the data folder/)
  assert.match((await folder.run('backup')).stderr, /clickpath backup FOLDER/)
})

test('a damaged segment is not copied in silence', async (t) => {
  const folder = await openFolder(t)
  const segment = folder.segments()[1] ?? ''
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('event-108', 'event-999'))
  const { code, stdout } = await folder.run('backup', join(emptyFolder(t).directory, 'copy'))
  assert.equal(code, 1)
  assert.match(stdout, /Damaged: lane live, .*positions 8 to 9/)
})

test('a folder that was moved goes on where it stopped', async (t) => {
  const first = dataFolder(t)
  const up = await startUp(first, FLAGS)
  const headers = { 'content-type': 'application/json' }
  const event = { event_id: 'a', event_type: 'view', user_id: 'u', product_id: 'p' }
  await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) })
  up.signal('SIGTERM')
  await up.ended()
  const second = join(dataFolder(t), 'elsewhere')
  renameSync(first, second)
  const again = await startUp(second, FLAGS)
  await fetch(`${again.url}/api/flush`, { method: 'POST' })
  const { engine, ledger } = (await (await fetch(`${again.url}/api/status`)).json()) as {
    engine: { failures: number }
    ledger: { balanced: boolean; totals: { stored: number } }
  }
  assert.deepEqual([engine.failures, ledger.balanced, ledger.totals.stored], [0, true, 1])
  again.signal('SIGTERM')
  assert.equal((await again.ended()).code, 0)
})
