/** Questions on the command line: the same answer from a running server and from the folder. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHere } from './surroundings.ts'
import { dataFolder, startUp } from './up_process.ts'

const STEPS = ['view', 'cart', 'purchase']

const events = STEPS.map((event_type, at) =>
  JSON.stringify({
    ...{ event_id: `e${at}`, event_type, user_id: 'u', product_id: 'p', category: 'shoes' },
    event_time: `2026-01-31T12:00:0${at}Z`,
  }),
)

test('a question is answered by the server while one runs, and by the folder when none does', async (t) => {
  const up = await startUp(dataFolder(t))
  for (const body of events) {
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body })
    assert.equal(status, 200)
  }
  const own = ['--data', up.directory, '--log-reserve-mb', '0']
  const ask = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(['funnel', ...args, ...own])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const asJson = () => ask(...STEPS, '--scope', 'session', '--format', 'json')
  const people = () =>
    ask('view:category=shoes', 'cart', '--step', '2', '--people', '--format', 'csv')
  const served = [await asJson(), await people(), await ask(...STEPS)]
  const csv = await fetch(`${up.url}/api/funnel?steps=view,cart&format=csv`)
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/)
  assert.match(await csv.text(), /^step,event_type,count,.*\r\n1,view,1,.*\r\n2,cart,1,/)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
  assert.deepEqual([await asJson(), await people(), await ask(...STEPS)], served)

  const { steps } = JSON.parse(served[0] ?? '')
  assert.deepEqual(
    steps.map((step: Record<string, unknown>) => [step.event_type, step.count]),
    STEPS.map((event_type) => [event_type, 1]),
  )
  assert.match(served[1] ?? '', /^person_id,visitor_id,.*\r\nu,u,/)
  assert.match(await ask('--explain'), /list_position/)
})

test('a question that is asked wrongly says what is wrong', async (t) => {
  const own = ['--data', dataFolder(t), '--log-reserve-mb', '0']
  const wrong = async (...args: readonly string[]) =>
    (await runHere(['funnel', ...args, ...own])).stderr
  assert.match(await wrong('view', '--scope', 'sesion'), /^BAD_REQUEST: scope: .*mean session/)
  assert.match(await wrong('view', '--scop', 'person'), /^USAGE: .*mean --scope/)
  assert.match(await wrong('view', '--format', 'xml'), /^USAGE: There is no format xml/)
})
