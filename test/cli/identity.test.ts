/** `clickpath identity`: a shop sees who a visitor is, and corrects it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { runHere } from './surroundings.ts'
import { dataFolder, runToEnd, startUp } from './up_process.ts'

const PERSON = "SELECT person_id FROM enriched_events WHERE event_id = 'seen'"

/** A shop that wrongly holds cookie-1 for customer c1, by a clock that is ahead of ours. */
async function shopOf(t: TestContext): Promise<Shop> {
  const shop = await new Shop(t).open()
  const ahead = new Date(Date.now() + 240_000).toISOString()
  const head = { source: 'web', received_at: new Date().toISOString() }
  await shop.tell(
    [
      { ...head, record: 'event', event_id: 'seen', event_type: 'view', anonymous_id: 'cookie-1' },
      { ...head, record: 'identity', key: 'cookie-1', updated_at: ahead, row: { person_id: 'c1' } },
      { ...head, record: 'identity', key: 'c1', updated_at: ahead, row: { person_id: 'c2' } },
    ].map((record) => ({ ...record, event_time: head.received_at })),
  )
  await shop.close()
  return shop
}

test('shows, undoes and makes a link where no server runs, and a rebuild keeps it', async (t) => {
  const shop = await shopOf(t)
  const identity = async (...words: readonly string[]) => {
    const data = ['--data', shop.directory, '--log-reserve-mb', '0', '--json']
    const { code, stdout, stderr } = await runHere(['identity', ...words, ...data])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const shown = await identity('show', 'c2')
  assert.deepEqual(
    shown.map(({ visitor_id, linked_to, person_id }: Record<string, unknown>) => {
      return [visitor_id, linked_to, person_id]
    }),
    [
      ['c1', 'c2', 'c2'],
      ['cookie-1', 'c1', 'c2'],
    ],
  )
  const unlinked = { visitor_id: 'cookie-1', before: 'c1', person_id: null, outcome: 'unlinked' }
  assert.deepEqual(await identity('unlink', 'cookie-1'), unlinked)
  assert.equal((await identity('unlink', 'cookie-1')).outcome, 'unchanged')
  assert.deepEqual(await identity('show', 'cookie-1'), [])
  await shop.open()
  assert.deepEqual(await shop.rows(PERSON), [{ person_id: 'cookie-1' }])
  await shop.close()
  assert.equal((await identity('link', 'cookie-1', 'c3')).outcome, 'linked')
  await shop.open()
  await shop.processor.engine.rebuild()
  assert.deepEqual(await shop.rows(PERSON), [{ person_id: 'c3' }])
})

test('undoes a link through the server that runs', async (t) => {
  const up = await startUp(dataFolder(t))
  const sent = { event_id: 'seen', event_type: 'view', anonymous_id: 'cookie-1', user_id: 'c1' }
  const call = { type: 'identify', messageId: 'm1', anonymousId: 'cookie-1', userId: 'c1' }
  await fetch(`${up.url}/v1/identify`, { method: 'POST', body: JSON.stringify(call) })
  await fetch(`${up.url}/v1/events`, { method: 'POST', body: JSON.stringify(sent) })
  const run = async (...words: readonly string[]) => {
    const { stdout, stderr } = await runToEnd([...words, '--data', up.directory])
    return stdout + stderr
  }
  assert.equal(
    await run('identity', 'unlink', 'cookie-1'),
    'cookie-1 is nobody but itself now, was c1.\n',
  )
  assert.match(await run('query', PERSON), /\ncookie-1\n$/)
  assert.equal(await run('identity', 'link', 'cookie-1', 'c9'), 'cookie-1 is c9 now.\n')
  assert.match(await run('identity', 'show', 'c9'), /\ncookie-1 +c9 +c9 /)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})

test('says what it takes, and refuses a link to oneself', async (t) => {
  const data = ['--data', (await shopOf(t)).directory, '--log-reserve-mb', '0']
  for (const words of [[], ['link', 'a'], ['unlink', 'a', 'b'], ['drop', 'a']]) {
    const { code, stderr } = await runHere(['identity', ...words, ...data])
    assert.deepEqual([code, stderr.includes('link VISITOR PERSON')], [2, true])
  }
  const { code, stderr } = await runHere(['identity', 'link', 'a', 'a', ...data])
  assert.deepEqual([code, stderr], [1, 'BAD_REQUEST: a cannot be linked to itself.\n'])
})
