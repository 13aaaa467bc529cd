/** Imported files: their segments are rewritten, and importing them again brings nobody back. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runHere } from '../cli/surroundings.ts'
import { fileOf, folder, imported, REES46_HEAD, rees46Row } from '../import/importing.ts'

const PERSON = '463240011'
const OTHERS = ['463240012', '463240013', '46324001']

/** A shop's history: the person among others, in rows that are good and in rows that are not. */
function history(): readonly string[] {
  const rows = Array.from({ length: 400 }, (_, at) => {
    const user_id = [PERSON, ...OTHERS][at % 4] ?? ''
    const time = new Date(Date.UTC(2019, 9, 1, 0, at)).toISOString()
    const event_type = at % 10 === 0 ? 'purchase' : 'view'
    const price = at % 50 === 3 ? 'free' : '2.62'
    const event_time = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`
    return rees46Row({ event_time, event_type, user_id, price, user_session: `s-${user_id}` })
  })
  const bad = [PERSON, OTHERS[0] ?? ''].map((user_id) => rees46Row({ user_id, price: 'free' }))
  return [REES46_HEAD, ...rows, ...bad]
}

async function run(directory: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await runHere([
    ...words,
    ...['--data', directory, '--log-reserve-mb', '0', '--json'],
  ])
  return { code, answer: JSON.parse(stdout || 'null'), stderr }
}

const query = async (directory: string, sql: string) => (await run(directory, 'query', sql)).answer

const TABLES = ['category_counts', 'revenue_1h', 'product_conversion', 'event_windows_5m']

/** Tables in which nothing names the person. */
async function tables(directory: string) {
  const rows: Record<string, unknown> = {}
  for (const name of TABLES) {
    rows[name] = await query(directory, `SELECT * EXCLUDE (version) FROM ${name} ORDER BY ALL`)
  }
  rows.sessions = await query(
    directory,
    'SELECT visitor_id, session_id, begun, ended, events FROM sessions ORDER BY ALL',
  )
  rows.orders = await query(
    directory,
    'SELECT * EXCLUDE (order_id, event_id) FROM orders ORDER BY ALL',
  )
  return rows
}

test('an erased person leaves an imported file, and does not come back with it', async (t) => {
  const directory = folder(t)
  const file = fileOf(t, history())
  const first = await imported(directory, file)
  assert.deepEqual([first.received, first.stored, first.invalid], [402, 392, 10])
  const theirs = 100 + 1
  const before = readdirSync(join(directory, 'log', first.lane)).filter((name) => {
    return name.endsWith('.parquet')
  })
  const done = await run(directory, 'erase', PERSON, '--yes')
  assert.equal(done.code, 0, done.stderr)
  const { records } = done.answer.removed
  assert.equal(records.event + records.invalid, theirs)
  assert.deepEqual([done.answer.identifiers, done.answer.shared], [[PERSON], []])
  const after = readdirSync(join(directory, 'log', first.lane)).filter((name) => {
    return name.endsWith('.parquet')
  })
  assert.equal(after.length, before.length)
  assert.notDeepEqual(after, before)
  const check = await run(directory, 'erase', '--check', PERSON)
  assert.deepEqual([check.code, check.answer.found], [0, 0], JSON.stringify(check.answer.places))
  const people = 'SELECT user_id, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL'
  const stored = await query(directory, people)
  assert.deepEqual(
    stored.map(({ user_id }: { user_id: string }) => user_id),
    OTHERS.toSorted(),
  )

  const again = await imported(directory, file)
  assert.deepEqual(
    [again.received, again.stored, again.duplicate, again.invalid, again.erased],
    [402, 0, 402 - theirs - again.invalid, first.invalid - records.invalid, theirs],
  )
  const second = await run(directory, 'erase', '--check', PERSON)
  assert.deepEqual([second.code, second.answer.found], [0, 0], JSON.stringify(second.answer.places))
  assert.deepEqual(await query(directory, people), stored)
  const { answer: status } = await run(directory, 'status')
  assert.equal(status.balanced, true)
  await run(directory, 'rebuild')
  assert.deepEqual(await query(directory, people), stored)
})

test('others read the same in every table as if the person had never been there', async (t) => {
  const all = folder(t)
  const never = folder(t)
  const rows = history()
  await imported(all, fileOf(t, rows))
  await imported(
    never,
    fileOf(
      t,
      rows.filter((row) => !row.includes(`,${PERSON},`)),
    ),
  )
  await run(all, 'erase', PERSON, '--yes')
  assert.deepEqual(await tables(all), await tables(never))
})

test('customers that a file tells of without a time do not come back with it', async (t) => {
  const directory = folder(t)
  const file = join(folder(t), 'customers.csv')
  writeFileSync(
    file,
    `user_id,customer_name,email\n${PERSON},Anna Nym,anna@shop.example\n9,Bert,\n`,
  )
  await imported(directory, file, '--stream', 'customers')
  const done = await run(directory, 'erase', PERSON, '--yes')
  assert.deepEqual(done.answer.identifiers, [PERSON, 'anna@shop.example'])
  const again = await imported(directory, file, '--stream', 'customers')
  assert.deepEqual([again.received, again.stored, again.erased], [2, 1, 1])
  assert.deepEqual(await query(directory, 'SELECT customer_name FROM customers'), [
    { customer_name: 'Bert' },
  ])
  const check = await run(directory, 'erase', '--check', PERSON, 'anna@shop.example', 'Anna Nym')
  assert.deepEqual([check.code, check.answer.found], [0, 0], JSON.stringify(check.answer.places))
})

test('rows that do not say when do not come back either', async (t) => {
  const directory = folder(t)
  const row = (user_id: string) =>
    JSON.stringify({ event_id: user_id, event_type: 'view', user_id })
  const file = fileOf(t, [row(PERSON), row('46')], 'rows.ndjson')
  await imported(directory, file, '--format', 'ndjson')
  await run(directory, 'erase', PERSON, '--yes')
  const again = await imported(directory, file, '--format', 'ndjson')
  assert.deepEqual([again.stored, again.duplicate, again.erased], [0, 1, 1])
})

test('says what would go, and changes nothing until it is told to', async (t) => {
  const directory = folder(t)
  await imported(directory, fileOf(t, history()))
  const { answer } = await run(directory, 'erase', PERSON, '--dry-run')
  assert.deepEqual([answer.visitors, answer.events, answer.segments], [1, 100, 1])
  assert.deepEqual(answer.records, { event: 100, invalid: 1 })
  const check = await run(directory, 'erase', '--check', PERSON)
  assert.equal(check.code, 1)
  assert.ok(check.answer.places.some(({ how }: { how: string }) => how === 'values'))
  for (const words of [[], [PERSON], [PERSON, '--yes', '--check']]) {
    assert.equal((await run(directory, 'erase', ...words)).code, 2)
  }
})
