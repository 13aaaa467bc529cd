/** `paths`, `journeys` and `journey_metrics` are what a reducer counts, and add up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { funnelQuestion } from '../../src/present/questions/funnel.ts'
import { journeyMetrics } from '../../src/present/questions/journey_metrics.ts'
import { journeys } from '../../src/present/questions/journeys.ts'
import { paths } from '../../src/present/questions/paths.ts'
import { Shop } from '../engine/shop.ts'
import { type OracleEvent, readEvents, recordOf } from '../oracle/event.ts'
import { graphOf, journeysOf, type Step, transitionsOf, type WalkOf } from '../oracle/paths.ts'
import { sessions as sessionsOf } from '../oracle/sessions.ts'
import { Questions, type Words } from './asking_questions.ts'
import { checkSums, countsOf, sum } from './paths_checks.ts'

const HOUR_MS = 3_600_000
const BEGIN_MS = Date.parse('2026-01-31T00:00:00Z')

const orNull = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values))

/** Few different values, so that everything meets; types that look like our own words, too. */
const eventOf = fc.record({
  visitor: fc.integer({ min: 1, max: 25 }),
  minute: fc.integer({ min: 0, max: 120 }),
  event_type: fc.constantFrom('view', 'view', 'cart', 'purchase', '(left)', 'search'),
  product_id: orNull('p1', 'p2', 'p3', '(other)'),
  category: orNull('shoes', 'hats', 'é', 'Z'),
  page_url: orNull('https://shop.example/a?x=1', 'https://shop.example/b'),
  device_type: orNull('mobile', 'desktop'),
})

const world = (seed: number): readonly OracleEvent[] =>
  fc.sample(eventOf, { numRuns: 400, seed }).map(({ visitor, minute, ...rest }, number) => ({
    event_id: String(number).padStart(4, '0'),
    source: 'web',
    event_time: new Date(BEGIN_MS + minute * 60_000 + visitor * 12 * HOUR_MS).toISOString(),
    user_id: `u${visitor}`,
    ...rest,
  }))

const anchors = {
  none: [undefined, undefined],
  view: ['view', ({ event_type }: Step) => event_type === 'view'],
  cart: ['cart', ({ event_type }: Step) => event_type === 'cart'],
  purchase: ['purchase', ({ event_type }: Step) => event_type === 'purchase'],
  shoes: ['any:category=shoes', ({ category }: Step) => category === 'shoes'],
  hats: [
    'view:category=hats,product=p1',
    ({ event_type, category, product }: Step) =>
      event_type === 'view' && category === 'hats' && product === 'p1',
  ],
} as const

const anchor = fc.constantFrom(...(Object.keys(anchors) as (keyof typeof anchors)[]))
const asked = fc.record({
  by: fc.constantFrom('event_type', 'page', 'category', 'product'),
  start: anchor,
  end: anchor,
  repeats: fc.constantFrom('collapse', 'keep'),
  depth: fc.integer({ min: 1, max: 10 }),
  top: fc.integer({ min: 1, max: 5 }),
})
type AskedOf = typeof asked extends fc.Arbitrary<infer T> ? T : never

function walkOf({ start, end, ...rest }: AskedOf): { walk: WalkOf; words: Words } {
  const [[start_word, isStart], [end_word, isEnd]] = [anchors[start], anchors[end]]
  const { by, repeats, depth } = rest
  return {
    walk: { by, repeats, depth, start: isStart, end: isEnd } as WalkOf,
    words: {
      ...{ by, repeats, depth: String(depth) },
      ...(start_word ? { start: start_word } : {}),
      ...(end_word ? { end: end_word } : {}),
    },
  }
}

async function shopOf(t: Parameters<NonNullable<Parameters<typeof test>[0]>>[0], seed: number) {
  const events = world(seed)
  const shop = await new Shop(t).open()
  await shop.tell(events.map((event) => recordOf(event, '2026-03-31T00:00:00Z')))
  return { shop, questions: new Questions(shop), sessions: sessionsOf(readEvents(events)) }
}

test('a graph of any walk equals the reducer, and every column adds up to all sessions', async (t) => {
  const { questions, sessions } = await shopOf(t, 1)
  await fc.assert(
    fc.asyncProperty(asked, async (given) => {
      const { walk, words } = walkOf(given)
      const answer = await questions.ask(paths, { ...words, top: String(given.top) })
      checkSums(answer)
      assert.deepEqual(countsOf(answer), graphOf(sessions, walk, given.top))
      assert.equal(answer.sessions_in_range, sessions.length)
    }),
    { numRuns: 50 },
  )
})

test('journeys of any walk equal the reducer, and with all others add up to all sessions', async (t) => {
  const { questions, sessions } = await shopOf(t, 2)
  await fc.assert(
    fc.asyncProperty(asked, async (given) => {
      const { walk, words } = walkOf(given)
      const answer = await questions.ask(journeys, { ...words, limit: '1000' })
      const told = answer.journeys.map(
        ({ nodes, goes_on, sessions: own, converted_sessions, duration_s_median }) =>
          [
            JSON.stringify([nodes, goes_on]),
            { sessions: own, converted_sessions, duration_s_median },
          ] as const,
      )
      assert.deepEqual(new Map(told), journeysOf(sessions, walk))
      const few = await questions.ask(journeys, { ...words, limit: '2' })
      assert.deepEqual(
        few.journeys.map(({ people: _, ...row }) => row),
        answer.journeys.slice(0, 2).map(({ people: _, ...row }) => row),
      )
      assert.equal(sum(few.journeys) + few.other.sessions, answer.sessions)
      assert.equal(few.journeys.length + few.other.journeys, answer.journeys_total)
    }),
    { numRuns: 20 },
  )
})

test('transitions equal the reducer, and what comes to an event goes from it', async (t) => {
  const { shop, questions, sessions } = await shopOf(t, 3)
  const view = await shop.rows('SELECT * FROM journey_metrics ORDER BY transitions DESC, 1, 2')
  const whole = await questions.ask(journeyMetrics)
  assert.deepEqual(
    view,
    whole.transitions.map(({ people: _, ...row }) => row),
  )
  for (const only of [undefined, 'mobile', '']) {
    const chosen = sessions.filter(
      ({ device_type }) => only === undefined || device_type === (only || null),
    )
    const words: Words = only === undefined ? {} : { where: `device_type=${only}` }
    const { transitions } = await questions.ask(journeyMetrics, words)
    const told = transitions.map(
      ({ from_event, to_event, people: _, share_of_from: __, ...row }) => {
        return [`${from_event} > ${to_event}`, row] as const
      },
    )
    const rounded = (rows: Iterable<readonly [string, (typeof told)[number][1]]>) =>
      new Map(
        [...rows].map(([key, { seconds_mean: mean, ...row }]) => [
          key,
          { ...row, seconds_mean: mean === null ? null : mean.toFixed(9) },
        ]),
      )
    assert.deepEqual(rounded(told), rounded(transitionsOf(chosen)))
    const total = (side: 'from_event' | 'to_event', word: string) =>
      transitions
        .filter((each) => each[side] === word)
        .reduce((all, each) => all + each.transitions, 0)
    for (const event_type of ['view', 'cart', 'purchase', 'search', '((left)']) {
      assert.equal(total('from_event', event_type), total('to_event', event_type))
    }
    assert.equal(total('from_event', '(entered)'), chosen.length)
    assert.equal(total('to_event', '(left)'), chosen.length)
  }
})

test('behind every node, link, journey and transition are as many sessions as it says', async (t) => {
  const { questions } = await shopOf(t, 4)
  const behind = async (question: Parameters<Questions['people']>[0], path: string) =>
    (await questions.people(question, path)).reduce(
      (all, { sessions }) => all + Number(sessions),
      0,
    )
  const asked: readonly Words[] = [
    { by: 'product', depth: '3', top: '2' },
    { by: 'category', end: 'purchase', depth: '3', top: '1', where: 'device_type!=mobile' },
    { start: 'view', end: 'cart', depth: '2' },
  ]
  for (const words of asked) {
    const { nodes, links } = await questions.ask(paths, words)
    for (const { people, sessions } of [...nodes, ...links.slice(0, 8)]) {
      assert.equal(await behind(paths, people), sessions, people)
    }
    const { top: _, ...walk } = words
    const { journeys: told } = await questions.ask(journeys, walk)
    for (const { people, sessions } of told.slice(0, 4)) {
      assert.equal(await behind(journeys, people), sessions, people)
    }
  }
  const { transitions } = await questions.ask(journeyMetrics)
  for (const { people, sessions } of transitions.slice(0, 4)) {
    assert.equal(await behind(journeyMetrics, people), sessions, people)
  }
})

test('as many sessions begin a path as have the first step of the funnel, and end one as its last', async (t) => {
  const { questions } = await shopOf(t, 5)
  const steps = ['view:category=shoes', 'purchase']
  const funnel = await questions.ask(funnelQuestion([]), { steps: steps as never })
  const counts = funnel.steps.map(({ count }) => count)
  const after = await questions.ask(paths, { start: 'view:category=shoes' })
  const between = await questions.ask(paths, { start: 'view:category=shoes', end: 'purchase' })
  assert.deepEqual([after.sessions, between.sessions], counts)
  const [purchase] = (await questions.ask(funnelQuestion([]), { steps: 'purchase' })).steps
  assert.equal(
    (await questions.ask(paths, { end: 'purchase', depth: '1' })).sessions,
    purchase?.count,
  )
})

test('says of how many sessions only the first 200 steps are known', async (t) => {
  const shop = await new Shop(t).open()
  const long = (visitor: string, events: number) =>
    Array.from({ length: events }, (_, number) => ({
      event_id: `${visitor}-${String(number).padStart(4, '0')}`,
      ...{ source: 'web', event_type: 'view', user_id: visitor, session_id: visitor },
      event_time: new Date(BEGIN_MS + number * 1_000).toISOString(),
    }))
  const events = [...long('long', 201), ...long('short', 200)]
  await shop.tell(events.map((event) => recordOf(event, '2026-01-31T12:00:00Z')))
  const questions = new Questions(shop)
  const { sessions, truncated_sessions } = await questions.ask(paths)
  assert.deepEqual([sessions, truncated_sessions], [2, 1])
  assert.equal((await questions.ask(journeys)).truncated_sessions, 1)
  const metrics = await questions.ask(journeyMetrics)
  const ends = metrics.transitions.filter(({ to_event }) => to_event.startsWith('('))
  assert.deepEqual(ends.map(({ to_event, transitions }) => [to_event, transitions]).sort(), [
    ['(left)', 1],
    ['(more)', 1],
  ])
  assert.equal(metrics.truncated_sessions, 1)
})

test('answers an empty shop with zeros and null shares', async (t) => {
  const questions = new Questions(await new Shop(t).open())
  const graph = await questions.ask(paths, { start: 'view' })
  assert.deepEqual(
    [graph.sessions, graph.sessions_in_range, graph.nodes, graph.links],
    [0, 0, [], []],
  )
  const { sessions, conversion_rate, other } = await questions.ask(journeys)
  assert.deepEqual([sessions, conversion_rate, other.share], [0, null, null])
  assert.deepEqual((await questions.ask(journeyMetrics)).transitions, [])
})

test('refuses what it cannot ask, and says why', async (t) => {
  const questions = new Questions(await new Shop(t).open())
  const refused: readonly (readonly [Words, RegExp])[] = [
    [{ where: 'device_typ=mobile' }, /no column device_typ; did you mean device_type/],
    [{ where: 'events=many' }, /"many" is no value of events \(integer\)/],
    [{ where: 'mobile' }, /write column=value/],
    [{ start: 'optional:view' }, /start: "optional:view" is optional/],
    [{ end: 'view:colour=red' }, /end: /],
    [{ depth: '11' }, /depth/],
    [{ from: '2026-02-01', to: '2026-01-01' }, /`from` must lie before `to`/],
  ]
  for (const [words, reason] of refused) {
    await assert.rejects(questions.ask(paths, words), reason)
  }
  const cell = '/api/paths/people?depth=3&position=3&node=view&next=cart'
  await assert.rejects(questions.people(paths, cell), /there are 3, and 4 is none/)
  await assert.rejects(questions.people(journeys, '/api/journeys/people?journey=view'), /in JSON/)
})
