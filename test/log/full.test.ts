import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { lines, openWriter, readLane, temporaryDirectory } from './lanes.ts'

const PROGRAM = join(import.meta.dirname, 'disk_child.ts')
/** A file system of its own that only the child sees, so that a test can fill it. */
const OWN_MOUNT = ['unshare', '--map-root-user', '--mount', 'sh', '-ec']
const MOUNT = 'mount -t tmpfs -o "size=$1" clickpath "$2" && shift 2 && exec "$@"'
const [unshare = '', ...unshare_options] = OWN_MOUNT
const canMount =
  spawnSync(unshare, [...unshare_options, 'mount -t tmpfs clickpath /mnt']).status === 0
const skip = !canMount && 'this machine lets nobody mount a file system of their own'

function onSmallDisk(size: string, directory: string, scenario: string): unknown {
  const command = [process.execPath, PROGRAM, scenario, directory]
  const options = [...unshare_options, MOUNT, 'sh', size, directory, ...command]
  const { stdout, stderr, status } = spawnSync(unshare, options, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout)
}

test('answers LOG_FULL when too much waits for the disk, and takes more afterwards', async (t) => {
  const data = await temporaryDirectory(t)
  const line = lines('x'.repeat(1_000))
  const writer = await openWriter(data, 'web', { append_queue_bytes_max: line.length * 3 })
  const waiting = [1, 2, 3].map(() => writer.append(line, 1))
  assert.notEqual(writer.refusal(), null)
  await assert.rejects(writer.append(line, 1), { code: 'LOG_FULL', status: 503 })
  await Promise.all(waiting)
  assert.equal(writer.refusal(), null)
  assert.deepEqual(await writer.append(line, 1), { first_position: 3, count: 1 })
  await writer.close()
  assert.equal((await readLane(data, 'web')).length, 4)
})

test('takes one append larger than the queue when nothing else waits', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { append_queue_bytes_max: 10 })
  assert.deepEqual(await writer.append(lines('larger'), 1), { first_position: 0, count: 1 })
  await writer.close()
})

test('answers LOG_FULL below the reserve, writes nothing, and recovers', { skip }, async (t) => {
  const data = await temporaryDirectory(t)
  await mkdir(join(data, 'disk'))
  assert.deepEqual(onSmallDisk('4m', join(data, 'disk'), 'reserve'), {
    below: 'LOG_FULL',
    full_below: true,
    bytes_written: 0,
    within_the_second: 'LOG_FULL',
    full_after: false,
    after: 'durable',
  })
})

test('takes back what did not fit on the disk, keeps all before it, and recovers', {
  skip,
}, async (t) => {
  const data = await temporaryDirectory(t)
  await mkdir(join(data, 'disk'))
  assert.deepEqual(onSmallDisk('4m', join(data, 'disk'), 'full-disk'), {
    refused: 'LOG_FULL',
    full: true,
    bytes_after_refusal: 'as before',
    after: 'durable',
    held: 'all acknowledged, in order, once',
  })
})

test('fails all that waits and all that comes after a failed write, until recovery', async (t) => {
  const data = await temporaryDirectory(t)
  const limited = 'ulimit -f 200 && exec "$@"'
  const { stdout, stderr, status } = spawnSync(
    'sh',
    ['-ec', limited, 'sh', process.execPath, PROGRAM, 'file-limit', data],
    { encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
  const { acknowledged, refusals, full } = JSON.parse(stdout)
  assert.deepEqual(refusals, ['LOG_FAILED', 'LOG_FAILED', 'LOG_FAILED'])
  assert.equal(full, true)
  assert.ok(acknowledged > 0)
  await (await openWriter(data, 'web')).close()
  assert.equal((await readLane(data, 'web')).length, acknowledged)
})
