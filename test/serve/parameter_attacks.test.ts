/**
 * Attacks in the parameters of every route: what is sent is a value or a name that is looked up,
 * never SQL, so it can neither break a query nor change what it asks.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, type Json, openShop } from './shop.ts'

const EVIL: readonly string[] = [
  "'",
  "''; DROP TABLE batches; --",
  "x' OR '1'='1",
  'x" OR "1"="1',
  "x') UNION SELECT content FROM read_text('/etc/hostname') --",
  '\u0000',
  '\ud83d\ude00\u02bc\uff07',
  'constructor',
  '__proto__',
  'x'.repeat(3_000),
]

const FEW_EVIL = ["1' OR '1'='1", '\u0000', '1e309', 'constructor']

/** Where a parameter has a grammar of its own, evil stands in each place of it. */
const GRAMMARS: Readonly<Record<string, (evil: string) => readonly string[]>> = {
  where: (evil) => [evil, `device_type=${evil}`, `${evil}=mobile`, `event_count>${evil}`],
  steps: (evil) => [evil, `view[category=${evil}]`, `view[${evil}=shoes]`, `optional:${evil}`],
  exclude: (evil) => [evil, `view[category=${evil}]`],
  order: (evil) => [evil, `-${evil}`, `event_id,${evil}`],
  journey: (evil) => [evil, JSON.stringify([evil])],
  after: (evil) => [evil, `2026-01-31T12:00:00Z~${evil}`],
  columns: (evil) => [evil, `revenue,${evil}`],
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly schema: { readonly type: string; readonly enum?: readonly string[] }
  }[]
}

/** What DuckDB says of text that it took for SQL. */
const TAKEN_FOR_SQL = /(Parser|Binder|Catalog|Internal) Error|syntax error|duckdb_|silver_/

const PATH_VALUES: Readonly<Record<string, readonly string[]>> = {
  name: ['events', 'event_windows_5m'],
  table: ['event_windows_5m'],
}

/** What a path needs besides the parameter that is tried, so that it comes to its SQL. */
const NEEDED: Readonly<Record<string, string>> = {
  '/api/customer': 'person=u1',
  '/api/customer/people': 'person=u1',
  '/api/funnel/people': 'steps=view,cart&step=1',
  '/api/retention/people': 'cohort_start=2026-01-31&period=0',
  '/api/paths/people': 'position=1&node=view',
}

function targetsOf(path: string, { parameters = [] }: Operation): readonly string[] {
  const targets: string[] = []
  const filled = (name: string, value: string) => path.replace(`{${name}}`, value)
  const [inPath] = parameters.filter((each) => each.in === 'path')
  const bases = inPath
    ? (PATH_VALUES[inPath.name] ?? []).map((v) => filled(inPath.name, v))
    : [path]
  if (inPath) targets.push(...EVIL.map((evil) => filled(inPath.name, encodeURIComponent(evil))))
  const asked = parameters.filter((each) => each.in === 'query')
  const names = asked.map(({ name }) => name)
  // The people behind a cell are found by the words of the answer, and a few of their own.
  const isCell = path.endsWith('/people')
  // What must be a number or one of a few words is refused before anything is made of it.
  const checked = new Set(
    asked.filter(({ schema }) => schema.enum || schema.type === 'integer').map(({ name }) => name),
  )
  const needed = NEEDED[path] ? `${NEEDED[path]}&` : ''
  for (const base of bases) {
    for (const name of inPath ? [...names, 'category', 'x" OR 1=1 --'] : names) {
      for (const evil of checked.has(name) || isCell ? FEW_EVIL : EVIL) {
        for (const value of GRAMMARS[name]?.(evil) ?? [evil]) {
          const query = new URLSearchParams({ [name]: value })
          targets.push(`${base}?${needed}${query}`)
        }
      }
    }
  }
  return targets
}

test('no parameter of any route is taken for SQL', async (t) => {
  const shop = await openShop(t)
  const names = ['page', 'view', 'cart', 'purchase']
  await shop.append(
    names.map((event_type, at) =>
      event(`e${at}`, at, { event_type, visitor_id: 'u1', anonymous_id: 'u1', order_id: `o${at}` }),
    ),
  )
  await shop.catchUp()
  const { paths } = (await shop.get('/api/openapi.json')) as { paths: Record<string, Json> }
  const targets = Object.entries(paths).flatMap(([path, { get }]) =>
    get && path !== '/api/live' && !path.endsWith('/explain')
      ? targetsOf(path, get as Operation)
      : [],
  )
  const wrong: string[] = []
  const statuses = new Map<number, number>()
  const ask = async (target: string) => {
    const answer = await fetch(shop.url + target)
    const text = await answer.text()
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    const isFine = [200, 400, 404, 414].includes(answer.status)
    const isSql = TAKEN_FOR_SQL.test(text)
    if (!isFine || isSql) wrong.push(`${answer.status} ${text.slice(0, 200)} <- ${target}`)
  }
  const waiting = [...targets]
  const askers = Array.from({ length: 6 }, async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await ask(next)
  })
  await Promise.all(askers)
  assert.deepEqual(
    wrong.map((line) => line.slice(0, 500)),
    [],
  )
  assert.equal((await shop.get('/api/ledger')).balanced, true)
  const told = [...statuses].map(([status, count]) => `${count} times ${status}`)
  t.diagnostic(`${targets.length} requests: ${told.join(', ')}`)
})

/** Every number of an answer, in order. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

test('a filter that tries to be a condition filters as any other value does', async (t) => {
  const shop = await openShop(t)
  const columns = { visitor_id: 'u1', anonymous_id: 'u1', device_type: 'mobile' }
  await shop.append([event('a', 1, columns), event('b', 2, { ...columns, event_type: 'cart' })])
  await shop.catchUp()
  for (const path of ['/api/funnel?steps=view,cart&', '/api/paths?', '/api/journeys?']) {
    const ask = async (value: string) =>
      numbersIn(await shop.get(`${path}${new URLSearchParams({ where: `device_type=${value}` })}`))
    const nobody = await ask('none such')
    assert.notDeepEqual(await ask('mobile'), nobody, path)
    for (const evil of ["x' OR '1'='1", "x' OR TRUE --", "x\\' OR TRUE --", "'' OR ''=''"]) {
      assert.deepEqual(await ask(evil), nobody, `${path} ${evil}`)
    }
  }
})
