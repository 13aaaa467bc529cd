/** `paths`, `journeys` and `journey_metrics` of a real shop's file, against the reducer. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { funnelQuestion } from '../../src/present/questions/funnel.ts'
import { journeyMetrics } from '../../src/present/questions/journey_metrics.ts'
import { journeys } from '../../src/present/questions/journeys.ts'
import { paths } from '../../src/present/questions/paths.ts'
import { Shop } from '../engine/shop.ts'
import { imported } from '../import/importing.ts'
import { readEvents } from '../oracle/event.ts'
import { graphOf, journeysOf, type Step, transitionsOf, type WalkOf } from '../oracle/paths.ts'
import { readRees46 } from '../oracle/rees46.ts'
import { sessions as sessionsOf } from '../oracle/sessions.ts'
import { rees46 } from '../real_data.ts'
import { Questions, type Words } from './asking_questions.ts'
import { checkSums, countsOf } from './paths_checks.ts'

const { file: REAL_FILE, skip } = rees46
const TAIL = '2019-10-31T00:00:00.000Z'

function realSessions() {
  const content = gunzipSync(readFileSync(REAL_FILE))
  const identity = createHash('sha256').update(content).digest('hex').slice(0, 16)
  const eventIdOf = (row: number) => `${identity}-${String(row).padStart(12, '0')}`
  return sessionsOf(readEvents(readRees46(REAL_FILE, { eventIdOf })))
}

const isA = (type: string) => (step: Step) => step.event_type === type
const walks: readonly (readonly [Words, WalkOf])[] = [
  [{}, { by: 'event_type', repeats: 'keep', depth: 5 }],
  [
    { repeats: 'collapse', start: 'view', depth: '6' },
    { by: 'event_type', repeats: 'collapse', start: isA('view'), depth: 6 },
  ],
  [
    { end: 'purchase', depth: '4' },
    { by: 'event_type', repeats: 'keep', end: isA('purchase'), depth: 4 },
  ],
  [
    { by: 'product', start: 'view', end: 'cart', depth: '3' },
    { by: 'product', repeats: 'collapse', start: isA('view'), end: isA('cart'), depth: 3 },
  ],
  [
    { by: 'category', depth: '3' },
    { by: 'category', repeats: 'collapse', depth: 3 },
  ],
]

test('every path, journey and transition of the real file is what the reducer counts', {
  skip,
}, async (t) => {
  const sessions = realSessions()
  const shop = new Shop(t)
  await imported(shop.directory, REAL_FILE)
  const questions = new Questions(await shop.open())
  const ranges = [
    [{ to: TAIL }, sessions.filter(({ window_start }) => String(window_start) < TAIL)],
    [{ from: TAIL }, sessions.filter(({ window_start }) => String(window_start) >= TAIL)],
  ] as const
  for (const [range, chosen] of ranges) {
    for (const [words, walk] of walks) {
      const graph = await questions.ask(paths, { ...range, ...words })
      checkSums(graph)
      assert.deepEqual(countsOf(graph), graphOf(chosen, walk, 8))
      const { journeys: told } = await questions.ask(journeys, { ...range, ...words, limit: '100' })
      const expected = journeysOf(chosen, walk)
      const counts = [...expected.values()].map((each) => each.sessions)
      const most = counts.toSorted((one, two) => two - one).slice(0, 100)
      assert.deepEqual(
        told.map((each) => each.sessions),
        most,
      )
      for (const { nodes, goes_on, sessions: own, converted_sessions, duration_s_median } of told) {
        const row = { sessions: own, converted_sessions, duration_s_median }
        assert.deepEqual(row, expected.get(JSON.stringify([nodes, goes_on])))
      }
    }
    const { transitions } = await questions.ask(journeyMetrics, range)
    const expected = transitionsOf(chosen)
    assert.equal(transitions.length, expected.size)
    for (const { from_event, to_event, seconds_mean, ...rest } of transitions) {
      const row = expected.get(`${from_event} > ${to_event}`)
      const { transitions: count, sessions: within, seconds_median } = rest
      assert.deepEqual(
        [count, within, seconds_median, seconds_mean?.toFixed(6)],
        [row?.transitions, row?.sessions, row?.seconds_median, row?.seconds_mean?.toFixed(6)],
      )
    }
  }
})

test('the real paths begin and end with the sessions of the real funnel', { skip }, async (t) => {
  const shop = new Shop(t)
  await imported(shop.directory, REAL_FILE)
  const questions = new Questions(await shop.open())
  for (const [range, published] of [
    [{ to: TAIL }, [3_912, 696]],
    [{ from: TAIL }, [325, 71]],
  ] as const) {
    const after = await questions.ask(paths, { ...range, start: 'view' })
    const between = await questions.ask(paths, { ...range, start: 'view', end: 'cart' })
    assert.deepEqual([after.sessions, between.sessions], published)
    const funnel = await questions.ask(funnelQuestion([]), { ...range, steps: 'view,cart' })
    assert.deepEqual(
      funnel.steps.map(({ count }) => count),
      published,
    )
  }
})
