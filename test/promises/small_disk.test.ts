/**
 * A disk of 48 MB that fills up under load, for real, and gets room again.
 * `CLICKPATH_TEST_DISKS=all` for every case.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataFolder } from '../cli/up_process.ts'
import { SCENARIOS, type Seen } from './small_disk_child.ts'

const PROGRAM = join(import.meta.dirname, 'small_disk_child.ts')
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
/** What a full disk is to each kind of file; the others differ in who is full first. */
const SHORT = ['log', 'database', 'everything, with kills']

/** A file system of its own that only the child and its children see. */
const OWN_MOUNT = ['--map-root-user', '--mount', 'sh', '-ec']
const MOUNT = 'mount -t tmpfs -o size=48m clickpath "$1" && shift && exec "$@"'
const canMount = spawnSync('unshare', [...OWN_MOUNT, 'mount -t tmpfs clickpath /mnt']).status === 0

/** What its engine says of a full disk, where the disk is the engine's. */
const ENGINE_SAYS = /No space left on device|store_reserve_mb/

for (const [name, { mounted }] of Object.entries(SCENARIOS)) {
  const asked = process.env.CLICKPATH_TEST_DISKS === 'all' || SHORT.includes(name)
  const skip =
    (!canMount && 'this machine lets nobody mount a file system of their own') ||
    (!asked && 'asked for by CLICKPATH_TEST_DISKS=all')
  test(`a full disk (${name}) loses nothing, and all goes on by itself (seed ${SEED})`, {
    skip,
    timeout: 120_000,
  }, (t) => {
    const data = dataFolder(t)
    const mount = join(data, mounted)
    mkdirSync(mount, { recursive: true })
    const command = [process.execPath, PROGRAM, name, data, String(SEED)]
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      [...OWN_MOUNT, MOUNT, 'sh', mount, ...command],
      { encoding: 'utf8' },
    )
    assert.equal(status, 0, stderr)
    const seen = JSON.parse(stdout) as Seen
    assert.equal(seen.faults, '', stderr)
    if (mounted === 'engine') {
      assert.equal(seen.refused, 0, 'what the log can take is taken')
      assert.ok(seen.acknowledged_while_full > 0)
      assert.match(String(seen.last_error), ENGINE_SAYS)
    } else {
      assert.ok(seen.refused > 4, 'the disk was never full')
      // A batch smaller than the one that did not fit may still fit.
      assert.ok(seen.acknowledged_while_full <= 20, `${seen.acknowledged_while_full} acknowledged`)
    }
    if (!name.includes('kills')) assert.equal(seen.collector, 'lived on')
    t.diagnostic(
      `${seen.events} events, ${seen.refused} requests answered 503, ` +
        `${seen.acknowledged_while_full} events acknowledged while it was full`,
    )
  })
}
