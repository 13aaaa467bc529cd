/**
 * What the disk itself gives, without any of our code: writes and syncs one after the other. A sync
 * that takes no time tells of a memory disk, on which no figure about durability means anything.
 */
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Latencies } from './latencies.ts'

const PROBE_MS = 1_000
const WRITE_BYTES = 65_536
const TMPFS_TYPES = [0x01021994, 0x858458f6]

export interface Disk {
  readonly kind: 'disk' | 'memory'
  readonly sync_p50_ms: number
  readonly sync_p99_ms: number
}

/** Takes a second; `directory` must exist. */
export async function probeDisk(directory: string): Promise<Disk> {
  const { type } = await statfs(directory)
  const folder = await mkdtemp(join(directory, 'probe-'))
  const file = await open(join(folder, 'probe'), 'w')
  const latencies = new Latencies()
  try {
    const block = Buffer.alloc(WRITE_BYTES, 'x')
    const until_ms = performance.now() + PROBE_MS
    while (performance.now() < until_ms) {
      const began_ms = performance.now()
      await file.write(block)
      await file.datasync()
      latencies.add(performance.now() - began_ms)
    }
  } finally {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
  const { p50_ms, p99_ms } = latencies.summary()
  const kind = TMPFS_TYPES.includes(Number(type)) ? 'memory' : 'disk'
  return { kind, sync_p50_ms: p50_ms, sync_p99_ms: p99_ms }
}
