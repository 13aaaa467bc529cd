/** `clickpath up` with real processes: what clients see while something is killed or stopped. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataFolder, isAlive, runToEnd, startUp, until } from './up_process.ts'

const event = (id: string): string =>
  JSON.stringify({ event_id: id, event_type: 'view', user_id: 'u', product_id: 'p' })

/** Posts on a connection of its own, as a new visitor does. */
async function post(url: string, id: string): Promise<number> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: event(id),
  })
  await response.text()
  return response.status
}

const times = <T>(count: number, work: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => work(index))

test('a killed collector refuses nobody: whoever comes meanwhile is answered', async (t) => {
  const up = await startUp(dataFolder(t))
  for (const round of ['first', 'second', 'third']) {
    const killed = up.running('collect').pid
    process.kill(killed, 'SIGKILL')
    const answers = await Promise.all(times(40, (index) => post(up.url, `${round}-${index}`)))
    assert.deepEqual(
      answers,
      times(40, () => 200),
    )
    assert.notEqual(up.running('collect').pid, killed)
  }
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})

test('events are taken while the engine is away, and it comes back by itself', async (t) => {
  const up = await startUp(dataFolder(t))
  const killed = up.running('serve').pid
  process.kill(killed, 'SIGKILL')
  assert.equal(await post(up.url, 'meanwhile'), 200)
  await up.replaced('serve', killed)
})

test('stops in order when asked, exits with 0 and leaves nobody running', async (t) => {
  const up = await startUp(dataFolder(t))
  const roles = ['up', 'collect', 'serve'] as const
  const pids = roles.map((role) => up.running(role).pid)
  await post(up.url, 'before-the-end')
  up.signal('SIGINT')
  assert.equal((await up.ended()).code, 0)
  assert.deepEqual(pids.filter(isAlive), [])
  const files = roles.map((role) => join(up.directory, 'run', `${role}.json`))
  assert.deepEqual(files.filter(existsSync), [])
})

test('a process that does not stop is ended hard after stop_ms_max', async (t) => {
  const up = await startUp(dataFolder(t), ['--stop-ms-max', '500'])
  const { pid } = up.running('serve')
  process.kill(pid, 'SIGSTOP')
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 1)
  assert.equal(isAlive(pid), false)
})

test('nobody outlives a killed supervisor', async (t) => {
  const up = await startUp(dataFolder(t))
  const pids = (['collect', 'serve'] as const).map((role) => up.running(role).pid)
  up.signal('SIGKILL')
  await until('its processes to end', () => !pids.some(isAlive))
})

test('starts again on the folder of a killed supervisor', async (t) => {
  const directory = dataFolder(t)
  const killed = await startUp(directory)
  const pids = (['collect', 'serve'] as const).map((role) => killed.running(role).pid)
  killed.signal('SIGKILL')
  await until('its processes to end', () => !pids.some(isAlive))
  const up = await startUp(directory)
  assert.equal(await post(up.url, 'again'), 200)
})

test('a second one on the same folder is refused and told where the first is', async (t) => {
  const up = await startUp(dataFolder(t))
  const second = await runToEnd(['up', '--data', up.directory, '--port', '0'])
  assert.equal(second.code, 1)
  assert.match(second.stderr, /^ALREADY_RUNNING: /)
  assert.ok(second.stderr.includes(up.url), second.stderr)
})

test('a port that another program has is named, with what to do', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => other.once('listening', listening))
  const { port } = other.address() as { port: number }
  const refused = await runToEnd(['up', '--data', dataFolder(t), '--port', String(port)])
  other.close()
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^LISTEN_FAILED: /)
  assert.ok(refused.stderr.includes(`--port ${port + 1}`), refused.stderr)
})
