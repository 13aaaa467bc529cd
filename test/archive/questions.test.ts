import assert from 'node:assert/strict'
import { test } from 'node:test'
import { questionsOf } from '../../src/present/questions/registry.ts'
import { Shop } from '../engine/shop.ts'
import { Questions, type Words } from '../questions/asking_questions.ts'
import { ALL, count, oldRecords, SETTINGS, tellInParts } from './old_shop.ts'

/** Each reads sessions, or the stored events, or both. */
const ASKED: readonly (readonly [question: string, words: Words])[] = [
  ['funnel', { steps: 'view,cart' }],
  ['funnel', { steps: 'view:price=2..6,cart', scope: 'person' }],
  ['funnel', { steps: 'view,cart', by: 'channel' }],
  ['paths', {}],
  ['journeys', {}],
  ['retention', {}],
  ['attribution', {}],
  ['customers', {}],
  ['customer', { person: 'a1' }],
]

test('questions over archived days are answered as before', async (t) => {
  const shop = await new Shop(t, SETTINGS).open()
  await tellInParts(shop, oldRecords(3, 700))
  const asking = new Questions(shop)
  const questions = new Map(questionsOf().map((question) => [question.name, question]))
  const answers = async () => {
    const told: unknown[] = []
    for (const [name, words] of ASKED) {
      const question = questions.get(name)
      assert.ok(question, name)
      const { sql: _, ...answer } = (await asking.ask(question, words)) as Record<string, unknown>
      told.push({ name, words, answer })
    }
    return told
  }
  const before = await answers()
  await shop.processor.housekeeping.archive(ALL)
  assert.equal(await count(shop, 'silver_events'), 0)
  assert.deepEqual(await answers(), before)
})
