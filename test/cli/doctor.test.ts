/** `clickpath doctor` on folders that are really broken: it names what, why, and the cure. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { eventRecord } from '../engine/shop.ts'
import { emptyFolder, openFolder, RECORDS } from './broken_folder.ts'
import { runHere } from './surroundings.ts'
import { dataFolder, startUp, until } from './up_process.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')

/** The one finding that says this, of the verdict that is due. */
function finding(found: readonly Finding[], verdict: Finding['verdict'], said: RegExp): Finding {
  const fitting = found.filter((one) => one.verdict === verdict && said.test(one.said))
  assert.equal(fitting.length, 1, `one ${verdict} says ${said}: ${JSON.stringify(found, null, 1)}`)
  return fitting[0] as Finding
}

const problems = (found: readonly Finding[]) => found.filter(({ verdict }) => verdict === 'problem')

function flip(file: string, text: string): void {
  const content = readFileSync(file, 'latin1')
  const at = content.indexOf(text)
  assert.ok(at > 0, `${text} stands in ${file}`)
  writeFileSync(file, `${content.slice(0, at)}#${content.slice(at + 1)}`, 'latin1')
}

test('a sound folder has no problem, and the exit code says so', async (t) => {
  const folder = await openFolder(t)
  const { code, stdout } = await folder.run('doctor')
  assert.equal(code, 0, stdout)
  assert.match(stdout, /24 records in 1 lanes have the right checksum/)
  assert.match(stdout, /balances over 24 records/)
  assert.match(stdout, /No problem found/)
})

test('a folder that is not there is named and not made', async (t) => {
  const { directory } = emptyFolder(t)
  const data = join(directory, 'nowhere')
  const { code, stdout } = await runHere(['doctor', '--json', '--data', data])
  assert.equal(code, 1)
  finding(JSON.parse(stdout), 'problem', /There is no folder .*nowhere/)
  assert.throws(() => readFileSync(data), { code: 'ENOENT' })
})

test('a file in the place of the folder is named', async (t) => {
  const { directory } = emptyFolder(t)
  writeFileSync(join(directory, 'file'), '')
  const { stdout } = await runHere(['doctor', '--json', '--data', join(directory, 'file')])
  assert.match(finding(JSON.parse(stdout), 'problem', /is a file/).cure ?? '', /--data/)
})

test('a folder of somebody else is named with its owner', async (t) => {
  const { directory } = emptyFolder(t)
  mkdirSync(join(directory, 'log'), { mode: 0o500 })
  chmodSync(directory, 0o755)
  // The superuser may write everywhere, so nobody looks.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const words = [PROGRAM, 'doctor', '--json', '--data', directory]
  const child = spawn(process.execPath, words, { cwd: directory, ...nobody })
  let stdout = ''
  child.stdout.on('data', (part) => {
    stdout += part
  })
  await once(child, 'close')
  const owner = process.getuid?.()
  const { cure } = finding(JSON.parse(stdout), 'problem', /may not read and write .*log \(EACCES\)/)
  assert.match(cure ?? '', new RegExp(`uid ${owner}\\)`))
})

test('a disk under its reserve is told with what it means', async (t) => {
  const folder = await openFolder(t)
  const found = await folder.doctor('--log-reserve-mb', '1000000')
  const { cure } = finding(found, 'problem', /reserve is 1\.0 TB: events are answered 503/)
  assert.match(cure ?? '', /log_reserve_mb/)
})

test('a torn end is no problem', async (t) => {
  const folder = await openFolder(t)
  appendFileSync(folder.segments().at(-1) ?? '', '{"record":"event","half of it')
  const found = await folder.doctor()
  finding(found, 'note', /ends with 29 B that a kill cut off/)
  assert.deepEqual(problems(found), [])
})

test('a damaged segment is named to the record, given up when asked, and the rest flows', async (t) => {
  const folder = await openFolder(t)
  const segment = folder.segments()[1] ?? ''
  flip(segment, 'event-108')
  const told = finding(await folder.doctor(), 'problem', /checksum of its group differs/)
  assert.match(told.said, /lane live, segment 0{19}6\.ndjson, positions 8 to 9 \(2 records\)/)
  assert.match(told.said, /the next good position is 10/)
  assert.match(
    told.cure ?? '',
    /backup, or give these records up for good: clickpath doctor --skip/,
  )

  // The database is lost, too: without the records it cannot be built anew.
  rmSync(folder.database)
  const stuck = await folder.run('query', 'SELECT 1')
  assert.match(stuck.stderr, /LOG_CORRUPT: Lane live, segment 0+6\.ndjson .*--skip-damaged/)

  const skipped = await folder.doctor('--skip-damaged')
  finding(skipped, 'note', /GIVEN UP: lane live, .*positions 8 to 9/)
  const counted = await folder.run('query', '--format', 'json', 'SELECT count(*) AS n FROM events')
  assert.deepEqual(JSON.parse(counted.stdout), [{ n: RECORDS - 2 }])
  assert.match(counted.stderr, /2 records were lost to damage and given up/)
  const status = JSON.parse((await folder.run('status', '--json')).stdout)
  assert.equal(status.balanced, true)
  const { received, stored, lost_to_damage, pending } = status.totals
  assert.deepEqual([received, stored, lost_to_damage, pending], [RECORDS, RECORDS - 2, 2, 0])
  assert.deepEqual(problems(await folder.doctor()), [])
})

test('records that end the lane and are given up are counted, and the collector starts again', async (t) => {
  const folder = await openFolder(t)
  truncateSync(folder.segments().at(-1) ?? '', 100)
  rmSync(folder.database)
  await assert.rejects(folder.append([eventRecord('later', '12:00:00')]), { code: 'LOG_CORRUPT' })
  finding(await folder.doctor(), 'problem', /positions 18 to 23 \(6 records\)/)
  finding(await folder.doctor('--skip-damaged'), 'note', /GIVEN UP/)
  const before = JSON.parse((await folder.run('status', '--json')).stdout)
  assert.equal(before.balanced, null)
  await folder.run('query', 'SELECT 1')
  const waiting = JSON.parse((await folder.run('status', '--json')).stdout)
  assert.deepEqual([waiting.totals.lost_to_damage, waiting.totals.pending], [6, 0])
  await folder.append([eventRecord('later', '12:00:00')])
  await folder.run('query', 'SELECT 1')
  const after = JSON.parse((await folder.run('status', '--json')).stdout)
  assert.deepEqual([after.balanced, after.totals.stored], [true, RECORDS - 6 + 1])
})

test('a segment that is gone is named by what it held', async (t) => {
  const folder = await openFolder(t)
  rmSync(folder.segments()[0] ?? '')
  finding(await folder.doctor(), 'problem', /before 0+6\.ndjson, positions 0 to 5 .*no segment/)
})

async function inDatabase(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

const DATABASE_HARMS: Readonly<Record<string, readonly [(file: string) => unknown, RegExp]>> = {
  'holds garbage': [(file) => writeFileSync(file, 'x'.repeat(100_000)), /cannot be used/],
  'was truncated': [(file) => truncateSync(file, 20_000), /cannot be used/],
  'was emptied': [(file) => truncateSync(file, 0), /cannot be used/],
  'was made by another version of DuckDB': [
    (file) =>
      inDatabase(file, "UPDATE registry SET value = '5 v1.0.0' WHERE name = 'store_version'"),
    /it has version 5 v1\.0\.0, this is version/,
  ],
  'belongs to a log that is longer': [
    (file) => inDatabase(file, `UPDATE batches SET offsets = '{"live":999}'`),
    /ahead of the log: lane live at 999, log at 24/,
  ],
}

for (const [name, [harm, said]] of Object.entries(DATABASE_HARMS)) {
  test(`a database that ${name} is named; the cure works and loses nothing`, async (t) => {
    const folder = await openFolder(t)
    await harm(folder.database)
    const { cure } = finding(await folder.doctor(), 'problem', said)
    assert.match(cure ?? '', /clickpath rebuild.*nothing is lost/)
    assert.equal((await folder.run('rebuild')).code, 0)
    const found = await folder.doctor()
    assert.deepEqual(problems(found), [])
    finding(found, 'ok', /balances over 24 records/)
  })
}

test('a database that is gone, or older than the log, is told to mend itself', async (t) => {
  const folder = await openFolder(t)
  copyFileSync(folder.database, join(folder.directory, 'older'))
  await folder.append([eventRecord('later', '12:00:00')])
  finding(await folder.doctor(), 'note', /1 records behind the log/)
  rmSync(folder.database)
  finding(await folder.doctor(), 'note', /There is none, and the log has 25 records/)
  copyFileSync(join(folder.directory, 'older'), folder.database)
  await folder.run('query', 'SELECT 1')
  finding(await folder.doctor(), 'ok', /balances over 25 records/)
})

test('a database that another program has open is named', async (t) => {
  const folder = await openFolder(t)
  const open = `const { DuckDBInstance } = await import('@duckdb/node-api')
    await (await DuckDBInstance.create(${JSON.stringify(folder.database)})).connect()
    process.stdout.write('open'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', open], {
    cwd: import.meta.dirname,
  })
  await once(child.stdout, 'data')
  const found = await folder.doctor()
  child.kill('SIGKILL')
  assert.match(finding(found, 'problem', /in use by another process/).cure ?? '', /end that one/)
})

test('what killed processes left is told as harmless', async (t) => {
  const folder = await openFolder(t)
  const run = join(folder.directory, 'run')
  mkdirSync(run, { recursive: true })
  const gone = { role: 'up', pid: 2 ** 22 + 1, started_at: '', url: null, process_start: '1' }
  writeFileSync(join(run, 'up.json'), JSON.stringify(gone))
  writeFileSync(join(run, 'collect.json'), 'half a fi')
  mkdirSync(`${folder.database}.spill`)
  writeFileSync(`${folder.database}.broken`, 'old')
  const found = await folder.doctor()
  finding(found, 'note', /processes that are gone: run\/up\.json, run\/collect\.json/)
  finding(found, 'note', /spill/)
  assert.match(finding(found, 'note', /was set aside/).cure ?? '', /Remove .*\.broken/)
  assert.deepEqual(problems(found), [])
})

test('records from a clock that ran ahead are told with the time', async (t) => {
  const folder = emptyFolder(t)
  const received_at = new Date(Date.now() + 7_200_000).toISOString()
  await folder.append([eventRecord('early', '12:00:00', { received_at })])
  const { said, cure } = finding(await folder.doctor(), 'problem', /clock was ahead/)
  assert.ok(said.includes(received_at), said)
  assert.match(cure ?? '', /NTP/)
})

test('key files that are broken, or open to others, are named', async (t) => {
  const folder = await openFolder(t)
  const keys = join(folder.directory, 'keys.json')
  writeFileSync(keys, JSON.stringify({ abc: { source: 'web', kind: 'browser' } }), { mode: 0o644 })
  chmodSync(keys, 0o644)
  const open = finding(await folder.doctor(), 'problem', /by other users .*mode 644/)
  assert.match(open.cure ?? '', /chmod 600/)
  chmodSync(keys, 0o600)
  assert.deepEqual(problems(await folder.doctor()), [])
  writeFileSync(keys, '{ "abc": ')
  finding(await folder.doctor(), 'problem', /write keys in .*keys\.json cannot be read/)
})

test('a port of another program is named with the next one', async (t) => {
  const folder = await openFolder(t)
  const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const found = await folder.doctor('--port', String(port))
  other.close()
  assert.match(finding(found, 'problem', /in use by another program/).cure ?? '', /--port \d+/)
})

test('a server that hangs is told within its time, with the signal that helps', async (t) => {
  const up = await startUp(dataFolder(t), ['--log-reserve-mb', '0'])
  const { pid } = up.running('serve')
  process.kill(pid, 'SIGSTOP')
  const { code, stdout } = await runHere(['doctor', '--json', '--data', up.directory])
  assert.equal(code, 1)
  const { cure } = finding(JSON.parse(stdout), 'problem', /does not answer/)
  assert.match(cure ?? '', new RegExp(`kill -KILL ${pid}`))
  process.kill(pid, 'SIGKILL')
  await up.replaced('serve', pid)
  up.signal('SIGTERM')
  await up.ended()
})

test('two collectors that want one lane are told apart', async (t) => {
  const directory = dataFolder(t)
  const flags = ['--data', directory, '--port', '0', '--log-reserve-mb', '0']
  const first = spawn(process.execPath, [PROGRAM, 'collect', ...flags], { stdio: 'pipe' })
  await once(first.stdout, 'data')
  const second = spawn(process.execPath, [PROGRAM, 'up', ...flags], { stdio: 'ignore' })
  const restarts = join(directory, 'run', 'restarts.json')
  await until('the second collector to fail twice', () => {
    try {
      return JSON.parse(readFileSync(restarts, 'utf8')).collect.count >= 2
    } catch {
      return false
    }
  })
  const { stdout } = await runHere(['doctor', '--json', ...flags])
  second.kill('SIGTERM')
  await once(second, 'close')
  first.kill('SIGTERM')
  await once(first, 'close')
  const { cure } = finding(JSON.parse(stdout), 'problem', /Two collectors want one lane/)
  assert.match(cure ?? '', new RegExp(`kill ${first.pid}`))
})
