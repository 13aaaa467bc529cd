import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filtered, type Step, step } from '../../src/collect/steps/step.ts'
import { event, runCollector } from './running_collector.ts'

const dropBots = step('drop_bots', 'refuses crawlers', (event) =>
  String(event.user_agent ?? '').includes('bot') ? filtered('bot', 'a crawler') : event,
)
const putBrand = step('put_brand', 'writes the brand', (event) => {
  event.brand = 'own'
  return event
})

test("runs a shop's own steps after ours, and keeps and counts what they drop", async (context) => {
  const { post, records, get } = await runCollector(context, {
    steps: [dropBots, putBrand],
    settings: { bots: 'keep' },
  })
  const sent = [event(), event({ user_agent: 'a bot' }), event({ price: 'x' })]
  const { json } = await post('/v1/events', sent)
  assert.deepEqual([json.accepted, json.invalid, json.filtered], [1, 1, 1])
  assert.equal(json.errors.length, 1)
  const [kept, dropped, invalid] = records()
  assert.equal(kept.brand, 'own')
  assert.deepEqual(
    [dropped.record, dropped.reason, dropped.detail],
    ['filtered', 'bot', 'a crawler'],
  )
  assert.deepEqual(JSON.parse(dropped.raw), sent[1])
  assert.equal(invalid.record, 'invalid')
  const metrics = (await get('/collect/metrics')).json
  assert.match(metrics, /dropped_total\{step="drop_bots"\} 1/)
  assert.match(metrics, /accepted_total 1/)
})

/** What becomes of an event behind one own step. */
async function reasonBehind(context: Parameters<typeof runCollector>[0], own: Step) {
  const { post, records } = await runCollector(context, { steps: [own] })
  assert.equal((await post('/v1/events', [event(), event()])).status, 200)
  return records().map(({ record, reason }) => [record, reason])
}

test('keeps an event whose step fails, and goes on', async (context) => {
  const failing = step('put_trouble', 'fails', () => {
    throw new Error('no idea')
  })
  const kept = ['filtered', 'step_failed']
  assert.deepEqual(await reasonBehind(context, failing), [kept, kept])
})

test('refuses an event that a step left against the model', async (context) => {
  const wrong = [
    ['brand', { a: 1 }, 'wrong_type'],
    ['price', 1e12, 'out_of_bounds'],
    ['colour', 'red', 'wrong_type'],
    ['event_time', 'soon', 'bad_time'],
    ['event_id', '', 'missing_field'],
    ['items', [{ price: 'x' }], 'wrong_type'],
  ] as const
  for (const [column, value, reason] of wrong) {
    const own = step('put_mistake', 'errs', (event) => Object.assign(event, { [column]: value }))
    const kept = ['invalid', reason]
    assert.deepEqual(await reasonBehind(context, own), [kept, kept], column)
  }
})

test('knows the words that other shops use for our event types', async (context) => {
  const { post, records } = await runCollector(context)
  const words = ['add_to_cart', 'Page_View', 'PURCHASE', 'own word']
  await post(
    '/v1/events',
    words.map((event_type) => event({ event_type })),
  )
  assert.deepEqual(
    records().map(({ event_type }) => event_type),
    ['cart', 'page', 'purchase', 'own word'],
  )
})
