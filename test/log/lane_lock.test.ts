import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startAppending } from './appending_child.ts'
import { lines, openWriter, temporaryDirectory } from './lanes.ts'

/** Leaves the lock of a process that began at some other time, as a kill does. */
async function leaveLock(data: string, pid: number): Promise<void> {
  await (await openWriter(data, 'web')).close()
  await writeFile(join(data, 'log', 'web', `lock.${pid}.boot-1.${randomUUID()}`), '')
}

function locksIn(data: string): Promise<readonly string[]> {
  return readdir(join(data, 'log', 'web')).then((names) =>
    names.filter((name) => name.startsWith('lock')),
  )
}

test('refuses a second writer of a lane, and frees the lane at close', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  await assert.rejects(openWriter(data, 'web'), {
    code: 'LANE_LOCKED',
    message: new RegExp(`process ${process.pid}\\.`),
  })
  await writer.append(lines('still works'), 1)
  const other = await openWriter(data, 'app')
  await Promise.all([writer.close(), other.close()])
  await (await openWriter(data, 'web')).close()
  assert.deepEqual(await locksIn(data), [])
})

test('refuses a lane that another process writes until that process is killed', async (t) => {
  const data = await temporaryDirectory(t)
  const child = await startAppending(data, 'web')
  await assert.rejects(openWriter(data, 'web'), {
    code: 'LANE_LOCKED',
    message: new RegExp(`process ${child.pid}\\.`),
  })
  await child.kill()
  await (await openWriter(data, 'web')).close()
})

test('takes over the lock of a process that has ended, and removes it', async (t) => {
  const data = await temporaryDirectory(t)
  const { pid } = spawnSync(process.execPath, ['--version'])
  await leaveLock(data, pid)
  const writer = await openWriter(data, 'web')
  const [lock, ...others] = await locksIn(data)
  assert.match(lock ?? '', new RegExp(`^lock\\.${process.pid}\\.`))
  assert.deepEqual(others, [])
  await writer.close()
})

test('takes over a lock whose process id now belongs to another process', {
  skip: process.platform !== 'linux' && 'only /proc tells when a process began',
}, async (t) => {
  const data = await temporaryDirectory(t)
  await leaveLock(data, process.pid)
  await (await openWriter(data, 'web')).close()
})

test('lets exactly one of many take over a stale lock', async (t) => {
  const data = await temporaryDirectory(t)
  await leaveLock(data, 999_999_999)
  const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openWriter(data, 'web')))
  const writers = opened.filter((one) => one.status === 'fulfilled').map((one) => one.value)
  assert.equal(writers.length, 1)
  for (const one of opened) {
    if (one.status === 'rejected') assert.equal(one.reason.code, 'LANE_LOCKED')
  }
  await writers[0]?.close()
})
