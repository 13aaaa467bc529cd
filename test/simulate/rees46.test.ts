import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { splitLine } from '../../src/simulate/rees46/format.ts'
import { Rees46History } from '../../src/simulate/rees46/history.ts'
import { type NumberedRow, Rees46File } from '../../src/simulate/rees46/read.ts'
import { writeRees46 } from '../../src/simulate/rees46/write.ts'
import { rees46 } from '../real_data.ts'

const directory = await mkdtemp(join(tmpdir(), 'clickpath-rees46-'))
after(() => rm(directory, { recursive: true, force: true }))

const HISTORY = { seed: 1, start_ms: Date.UTC(2019, 9, 1), rowsPerDay: 1_370_000, products: 2_000 }
const HEADER =
  'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session'
const SESSION = '26dd6e6e-4dac-4778-8d2c-92e149dab885'
const line = (second: number, session = SESSION): string =>
  `2019-10-01 00:00:0${second} UTC,view,577,148,,runail,2.62,463240011,${session}`

async function write(name: string, rows: number, signal = new AbortController().signal) {
  const file = join(directory, name)
  const history = new Rees46History(HISTORY)
  const written = await writeRees46(history, { file, rows, signal, onProgress: () => {} })
  return { file, written }
}

async function readAll(file: Rees46File): Promise<NumberedRow[]> {
  const rows: NumberedRow[] = []
  for await (const row of file.rows()) rows.push(row)
  return rows
}

async function readText(name: string, content: string | Buffer) {
  const path = join(directory, name)
  await writeFile(path, content)
  const file = new Rees46File(path)
  const rows = await readAll(file)
  return { file, rows }
}

test('writes a file that reads back: valid columns, ordered times, plausible values', async () => {
  const { file, written } = await write('plain.csv', 50_000)
  assert.equal(written, 50_000)
  const read = new Rees46File(file)
  const rows = await readAll(read)
  assert.equal(rows.length, 50_000)
  assert.equal(read.unreadable, 0)
  assert.equal(read.end, 'whole')
  let latest = HISTORY.start_ms
  const sessions = new Map<string, string>()
  for (const { row, time_ms } of rows) {
    assert.ok(time_ms >= latest)
    latest = time_ms
    assert.match(row.event_type, /^(view|cart|remove_from_cart|purchase)$/)
    assert.match(row.product_id, /^\d+$/)
    assert.match(row.category_id, /^\d{19}$/)
    assert.ok(Number(row.price) > 0)
    assert.match(row.user_session, /^[0-9a-f-]{36}$/)
    assert.equal(sessions.get(row.user_session) ?? row.user_id, row.user_id)
    sessions.set(row.user_session, row.user_id)
  }
  const share = (count: number): number => count / rows.length
  const ofType = (type: string): number =>
    share(rows.filter(({ row }) => row.event_type === type).length)
  assert.ok(ofType('view') > 0.9 && ofType('purchase') > 0.01 && ofType('cart') > 0.01)
  const users = share(new Set(sessions.values()).size)
  assert.ok(users > 0.055 && users < 0.075, `${users} users a row`)
  const nameless = share(rows.filter(({ row }) => row.category_code === '').length)
  assert.ok(nameless > 0.05 && nameless < 0.3, `${nameless} without a category`)
})

test('sells in a simulated file only what was seen in the session', async () => {
  const { file } = await write('seen.csv', 30_000)
  const seen = new Set<string>()
  for (const { row } of await readAll(new Rees46File(file))) {
    const key = `${row.user_session}/${row.product_id}`
    if (row.event_type === 'view') seen.add(key)
    else assert.ok(seen.has(key), `${row.event_type} of ${key}`)
  }
})

test('writes the same rows for the same seed, gzip or not, as many as fit a day', async () => {
  const plain = await readFile((await write('same.csv', 9_000)).file)
  const zipped = await readFile((await write('same.csv.gz', 9_000)).file)
  assert.deepEqual(gunzipSync(zipped), plain)
  const day = new Rees46History({ ...HISTORY, rowsPerDay: 10_000 }).rows(10_001).trim().split('\n')
  assert.match(day.at(-1) as string, /^2019-10-(01 23:5|02 00:0)/)
})

test('ends a stopped file with a whole row', async () => {
  const stop = new AbortController()
  stop.abort()
  const { file, written } = await write('stopped.csv', 9_000, stop.signal)
  assert.equal(written, 0)
  assert.equal(await readFile(file, 'utf8'), `${HEADER}\n`)
})

test('says which file cannot be written', async () => {
  const file = join(directory, 'no', 'such', 'rows.csv')
  const plan = { file, rows: 5, signal: new AbortController().signal, onProgress: () => {} }
  await assert.rejects(writeRees46(new Rees46History(HISTORY), plan), { code: 'FILE_UNWRITABLE' })
})

test('reads every row of the real file behind its index column', {
  skip: rees46.skip,
}, async () => {
  const file = new Rees46File(rees46.file)
  const rows = await readAll(file)
  assert.equal(rows.length, 22_283)
  assert.equal(file.unreadable, 0)
  const spent = rows
    .filter(({ row }) => row.event_type === 'purchase')
    .reduce((sum, { row }) => sum + Math.round(Number(row.price) * 100), 0)
  assert.equal(spent, 906_296)
})

test('leaves out a cut last row and says so, not one that only lacks the line break', async () => {
  const cut = await readText('cut.csv', `${HEADER}\n${line(1)}\n${line(2).slice(0, -7)}`)
  assert.equal(cut.rows.length, 1)
  assert.equal(cut.file.end, 'cut')
  const whole = await readText('whole.csv', `${HEADER}\n${line(1)}\n${line(2)}`)
  assert.equal(whole.rows.length, 2)
  assert.equal(whole.file.end, 'whole')
})

test('reads a gzip archive as far as it goes', async () => {
  const text = `${HEADER}\n${Array.from({ length: 20_000 }, (_, row) => line(row % 10)).join('\n')}`
  const zipped = gzipSync(text)
  const { file, rows } = await readText('torn.csv.gz', zipped.subarray(0, zipped.length / 2))
  assert.ok(rows.length > 1_000 && rows.length < 20_000, `${rows.length}`)
  assert.equal(file.end, 'cut')
})

test('counts rows it cannot read and keeps the numbers of the others', async () => {
  const text = `\ufeff,${HEADER}\r\n0,${line(1)}\r\n1,nonsense\r\n2,${line(3)}\r\n`
  const { file, rows } = await readText('odd.csv', text)
  assert.deepEqual(
    rows.map(({ number }) => number),
    [1, 3],
  )
  assert.equal(rows[1]?.row.user_session, SESSION)
  assert.equal(file.unreadable, 1)
  assert.match(String(file.firstTrouble), /row 2/)
})

test('refuses what is no such file', async () => {
  const refused = { code: 'FILE_UNREADABLE' }
  await assert.rejects(readText('other.csv', 'a,b\n1,2\n'), refused)
  await assert.rejects(readText('empty.csv', ''), refused)
  await assert.rejects(readAll(new Rees46File(join(directory, 'absent.csv'))), refused)
})

test('splits quoted cells', () => {
  assert.deepEqual(splitLine('a,"b, c","say ""no""",'), ['a', 'b, c', 'say "no"', ''])
})
