/** DIR/run: who is running on a data folder, and who only was. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { claimRunning, findRunning, releaseRunning } from '../../src/std/running.ts'

const clock = { now_ms: () => 1_700_000_000_000 }

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath running '))
  t.after(() => rmSync(directory, { recursive: true }))
  return directory
}

/** What another process left there. */
function leave(directory: string, entry: object): void {
  mkdirSync(join(directory, 'run'), { recursive: true })
  const url = 'http://127.0.0.1:4000'
  writeFileSync(join(directory, 'run', 'up.json'), JSON.stringify({ role: 'up', url, ...entry }))
}

test('a claimed role is found with its url until it is given back', (t) => {
  const directory = folder(t)
  claimRunning(directory, 'up', 'http://127.0.0.1:4000', clock)
  const found = findRunning(directory, 'up')
  assert.equal(found?.pid, process.pid)
  assert.equal(found?.url, 'http://127.0.0.1:4000')
  assert.equal(found?.started_at, '2023-11-14T22:13:20.000Z')
  assert.equal(findRunning(directory, 'serve'), undefined)
  releaseRunning(directory, 'up')
  assert.equal(findRunning(directory, 'up'), undefined)
})

test('a live process keeps its role: another is refused and told where the first is', (t) => {
  const directory = folder(t)
  leave(directory, { pid: process.ppid, process_start: null })
  const refusal = {
    code: 'ALREADY_RUNNING',
    message: new RegExp(`process ${process.ppid}\\) at http`),
  }
  assert.throws(() => claimRunning(directory, 'up', null, clock), refusal)
  releaseRunning(directory, 'up')
  assert.equal(findRunning(directory, 'up')?.pid, process.ppid)
})

test('what an ended process left does not stand in the way', (t) => {
  const directory = folder(t)
  leave(directory, { pid: spawnSync(process.execPath, ['--version']).pid, process_start: '1' })
  assert.equal(findRunning(directory, 'up'), undefined)
  claimRunning(directory, 'up', null, clock)
  assert.equal(findRunning(directory, 'up')?.pid, process.pid)
})

test('a process id that belongs to somebody else by now does not stand in the way', {
  skip: process.platform !== 'linux' && 'only Linux tells when a process began',
}, (t) => {
  const directory = folder(t)
  leave(directory, { pid: process.ppid, process_start: '1' })
  assert.equal(findRunning(directory, 'up'), undefined)
})

test('half a file, left by a full disk, does not stand in the way', (t) => {
  const directory = folder(t)
  mkdirSync(join(directory, 'run'))
  writeFileSync(join(directory, 'run', 'up.json'), '{"role":"up","pi')
  claimRunning(directory, 'up', null, clock)
  assert.equal(findRunning(directory, 'up')?.pid, process.pid)
})

test('nothing but the role files is left in the folder', (t) => {
  const directory = folder(t)
  leave(directory, { pid: 2 ** 22 + 1, process_start: '1' })
  claimRunning(directory, 'up', null, clock)
  claimRunning(directory, 'up', 'http://127.0.0.1:1', clock)
  const { stdout } = spawnSync('ls', ['-A', join(directory, 'run')], { encoding: 'utf8' })
  assert.equal(stdout, 'up.json\n')
  assert.match(readFileSync(join(directory, 'run', 'up.json'), 'utf8'), /127\.0\.0\.1:1"/)
})
