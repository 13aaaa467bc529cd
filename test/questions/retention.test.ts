/** `retention`: cohorts equal those put together by hand. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { retention } from '../../src/present/questions/retention.ts'
import type { RetentionAnswer } from '../../src/present/questions/retention_shape.ts'
import { runHere } from '../cli/surroundings.ts'
import { eventRecord, Shop } from '../engine/shop.ts'
import { customersInvoices } from '../oracle/online_retail.ts'
import { type Act, activeOf, cohortsOf, type RetentionOf } from '../oracle/retention.ts'
import { realData } from '../real_data.ts'
import { Questions, type Words } from './asking_questions.ts'

const MAPS = join(import.meta.dirname, '../../examples/import-maps')

async function importedShop(t: TestContext, file: string, map: string, time_zone: string) {
  const shop = new Shop(t, { time_zone, memory_limit_mb: 700 })
  const line = ['import', file, '--data', shop.directory, '--json', '--log-reserve-mb', '0']
  const { code, stderr } = await runHere([...line, '--map', join(MAPS, map)])
  if (code !== 0) throw new Error(stderr)
  return { shop: await shop.open(), questions: new Questions(shop, { time_zone }) }
}

const brief = ({ cohorts }: RetentionAnswer) =>
  cohorts.map(({ cohort, persons, repeaters, cells }) => {
    return { cohort, persons, repeaters, back: cells.map((cell) => cell.persons) }
  })

const purchases = { cohort: 'purchase', return: 'purchase' }

const retail = realData('uci_online_retail_first240k.parquet')
test('Online Retail: cohorts, active customers and repeaters equal those made by hand', {
  skip: retail.skip,
}, async (t) => {
  const { questions } = await importedShop(
    t,
    retail.file,
    'uci_online_retail.json',
    'Europe/London',
  )
  const { acts, guests } = await customersInvoices(retail.file)
  for (const kind of ['bounded', 'rolling'] as const) {
    for (const period of kind === 'bounded' ? (['month', 'week'] as const) : (['month'] as const)) {
      const asked = { period, kind, periods: 12 }
      const answer = await questions.ask(retention, { ...purchases, period, kind })
      assert.deepEqual(brief(answer), cohortsOf(acts, asked, '2011-06-26'))
      const active = new Map(answer.active.map(({ start, persons }) => [start, persons]))
      assert.deepEqual(active, new Map([...activeOf(acts, period)].toSorted()))
      assert.equal(answer.acts_without_person, guests)
    }
  }
  const { persons, repeaters, repeat_rate, cohorts } = await questions.ask(retention, purchases)
  assert.deepEqual([persons, repeaters, repeat_rate], [2_931, 1_574, 1_574 / 2_931])
  const [december] = cohorts
  assert.deepEqual([december?.persons, december?.cells[1]?.persons], [885, 324])
})

const cdnow = realData('cdnow_sample.txt.gz')
test('CDNOW: monthly cohorts of first purchases sum to the customers', {
  skip: cdnow.skip,
}, async (t) => {
  const { questions } = await importedShop(t, cdnow.file, 'cdnow.json', 'UTC')
  const answer = await questions.ask(retention, purchases)
  const sizes = answer.cohorts.map(({ cohort, persons }) => [cohort, persons])
  assert.deepEqual(sizes, [
    ['1997-01-01', 781],
    ['1997-02-01', 857],
    ['1997-03-01', 719],
  ])
  assert.equal(answer.persons, 2_357)
  const march = await questions.ask(retention, { ...purchases, from: '1997-03-01' })
  assert.deepEqual(march.cohorts.map(({ persons }) => persons).slice(0, 1), [719])
  assert.equal(march.persons_not_shown, 2_357 - 719)
})

interface Seen {
  readonly person: string
  readonly day: number
  readonly what: 'visit' | 'purchase' | 'signup'
}

const BEGINNING_MS = Date.parse('2025-11-01T00:00:00Z')
const timeOf = (day: number) => new Date(BEGINNING_MS + day * 86_400_000 + 36_000_000)

/** An act each, a session each: whatever is done is also a visit. */
function recordOf({ person, day, what }: Seen, index: number) {
  const rest = { purchase: { order_id: `o${index}`, revenue: 5 }, visit: {}, signup: {} }[what]
  return eventRecord(`e${index}`, timeOf(day).toISOString(), {
    event_type: what === 'visit' ? 'page' : what,
    user_id: person,
    session_id: `s${index}`,
    ...rest,
  })
}

const history = fc.array(
  fc.record({
    person: fc.constantFrom('ada', 'bo', 'cy', 'di'),
    day: fc.integer({ min: 0, max: 100 }),
    what: fc.constantFrom<Seen['what']>('visit', 'purchase', 'signup'),
  }),
  { minLength: 1, maxLength: 30 },
)
const request = fc.record({
  cohort: fc.constantFrom('visit', 'purchase', 'signup'),
  return: fc.constantFrom('any', 'visit', 'purchase', 'signup'),
  period: fc.constantFrom<RetentionOf['period']>('day', 'week', 'month'),
  kind: fc.constantFrom<RetentionOf['kind']>('bounded', 'rolling'),
  periods: fc.integer({ min: 0, max: 20 }),
})

const counts = (asked: string, what: string) => {
  return asked === 'visit' || asked === 'any' || asked === what
}

test('any cohort, return, period and kind equals the reducer, and so do the people', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.array(request, { minLength: 10, maxLength: 10 }),
      async (seen, all) => {
        const shop = await new Shop(t).open()
        await shop.tell(seen.map(recordOf))
        const questions = new Questions(shop)
        const last = timeOf(Math.max(...seen.map(({ day }) => day)))
          .toISOString()
          .slice(0, 10)
        for (const asked of all) {
          const acts = seen.map(({ person, day, what }): Act => {
            const date = timeOf(day).toISOString().slice(0, 10)
            const [begins, returns] = [counts(asked.cohort, what), counts(asked.return, what)]
            return { person, date, begins, returns }
          })
          const words: Words = { ...asked, periods: String(asked.periods) }
          const answer = await questions.ask(retention, words)
          assert.deepEqual(brief(answer), cohortsOf(acts, asked, last), JSON.stringify(words))
          const cell = answer.cohorts[0]?.cells.at(-1)
          if (!cell) continue
          assert.equal((await questions.people(retention, cell.people)).length, cell.persons)
        }
        await shop.close()
      },
    ),
    { numRuns: 4 },
  )
})

const page = (id: string, time: string, rest = {}) =>
  eventRecord(id, time, { event_type: 'page', session_id: id, ...rest })

test('linked visitors are one person; acts of a session alone are nobody', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([
    page('a', '2026-01-05T10:00:00Z', { user_id: undefined, anonymous_id: 'cookie' }),
    page('b', '2026-02-05T10:00:00Z', { user_id: 'u1' }),
    page('c', '2026-02-06T10:00:00Z', { user_id: undefined }),
    {
      ...{ record: 'identity', source: 'web', received_at: '2026-02-07T00:00:00Z' },
      ...{ key: 'cookie', updated_at: '2026-02-07T00:00:00Z', row: { person_id: 'u1' } },
    },
  ])
  const questions = new Questions(shop)
  const answer = await questions.ask(retention)
  assert.deepEqual(brief(answer), [
    { cohort: '2026-01-01', persons: 1, repeaters: 1, back: [1, 1] },
  ])
  assert.equal(answer.acts_without_person, 1)
  const [february] = answer.active.slice(-1)
  assert.deepEqual(
    [february?.start, february?.persons, february?.new, february?.returning, february?.incomplete],
    ['2026-02-01', 1, 0, 1, true],
  )
  const people = await questions.people(retention, february?.people ?? '')
  assert.deepEqual(
    people.map(({ person_id }) => person_id),
    ['u1'],
  )
})

test('only people whose first visit was such, in cohorts and cells', async (t) => {
  const shop = await new Shop(t).open()
  const visit = (id: string, day: string, user_id: string, device_type: string) =>
    page(id, `${day}T10:00:00Z`, { user_id, device_type })
  await shop.tell([
    visit('a', '2026-01-05', 'u1', 'mobile'),
    visit('b', '2026-02-05', 'u1', 'desktop'),
    visit('c', '2026-01-06', 'u2', 'desktop'),
    visit('d', '2026-02-06', 'u2', 'mobile'),
    visit('e', '2026-02-07', 'u3', 'mobile'),
  ])
  const questions = new Questions(shop)
  const mobile = await questions.ask(retention, { where: 'device_type=mobile' })
  assert.deepEqual(brief(mobile), [
    { cohort: '2026-01-01', persons: 1, repeaters: 1, back: [1, 1] },
    { cohort: '2026-02-01', persons: 1, repeaters: 0, back: [1] },
  ])
  const back = mobile.cohorts[0]?.cells[1]?.people ?? ''
  assert.deepEqual(
    (await questions.people(retention, back)).map(({ person_id }) => person_id),
    ['u1'],
  )
  const all = await questions.ask(retention)
  const others = await questions.ask(retention, { where: 'device_type!=mobile' })
  assert.equal(all.persons, mobile.persons + others.persons)
  await assert.rejects(questions.ask(retention, { where: 'colour=red' }), /no column colour/)
})

test('from, to and later acts leave the size of a cohort as it is; as_of looks back', async (t) => {
  const shop = await new Shop(t).open()
  const days = ['2026-01-05', '2026-02-05', '2026-03-05']
  await shop.tell(days.map((day) => page(day, `${day}T10:00:00Z`)))
  await shop.tell([page('new', '2026-02-20T10:00:00Z', { user_id: 'u2' })])
  const questions = new Questions(shop)
  const from = await questions.ask(retention, { from: '2026-02-01' })
  assert.deepEqual(brief(from), [{ cohort: '2026-02-01', persons: 1, repeaters: 0, back: [1, 0] }])
  assert.equal(from.persons_not_shown, 1)
  const then = await questions.ask(retention, { as_of: '2026-02-01' })
  assert.deepEqual(brief(then), [{ cohort: '2026-01-01', persons: 1, repeaters: 0, back: [1] }])
  assert.deepEqual(then.cohorts[0]?.incomplete, false)
})

test('periods begin by the clock of the shop, half-hour zones included', async (t) => {
  const time_zone = 'Australia/Adelaide'
  const shop = await new Shop(t, { time_zone }).open()
  // Adelaide is ten and a half hours ahead in January: midnight is at 13:30.
  await shop.tell([
    page('a', '2026-01-31T13:29:59Z', { user_id: 'before' }),
    page('b', '2026-01-31T13:30:00Z', { user_id: 'after' }),
  ])
  const answer = await new Questions(shop, { time_zone }).ask(retention)
  assert.deepEqual(
    answer.cohorts.map(({ cohort, persons }) => [cohort, persons]),
    [
      ['2026-01-01', 1],
      ['2026-02-01', 1],
    ],
  )
})
