/**
 * Changes bytes inside a live segment, its length and all other bytes as they are, so that who
 * reads or writes the segment notices nothing: the writer only ever adds behind what is durable.
 * The new bytes are durable beside the segment first, and are written again by whoever comes after
 * a kill:
 *
 *   DIR/log/LANE/erasing/patches   {"segment":"...","patches":[[byte,bytes],...]}\n, then the bytes
 *   DIR/log/LANE/erasing/lock.*       see lane_lock.ts: one at a time changes a lane so
 */
import { join } from 'node:path'
import { createDirectory } from './directory.ts'
import { type FileSystem, type OpenFile, writeAll } from './file_system.ts'
import { readBytes } from './group_scan.ts'
import { lockLane } from './lane_lock.ts'
import type { Machine } from './machine.ts'

export interface Patch {
  /** Where the bytes go in the segment. */
  readonly byte: number
  readonly bytes: Buffer
}

export interface PatchedLane {
  readonly lane: string
  /** The lane's directory. */
  readonly directory: string
}

interface Head {
  readonly segment: string
  readonly patches: readonly (readonly [byte: number, bytes: number])[]
}

const NEWLINE = 0x0a
const folderOf = (directory: string) => join(directory, 'erasing')
const planOf = (directory: string) => join(folderOf(directory), 'patches')

/** Durable when it resolves. Throws `LANE_LOCKED` while another process changes the lane so. */
export async function patchSegment(
  machine: Machine,
  { lane, directory }: PatchedLane,
  segment: string,
  patches: readonly Patch[],
): Promise<void> {
  const { files } = machine
  const folder = folderOf(directory)
  await createDirectory(files, folder)
  const lock = await lockLane(machine, folder, lane)
  try {
    await writePlan(files, directory, segment, patches)
    await apply(files, directory, segment, patches)
  } finally {
    await lock.release()
  }
}

/**
 * Finishes what a kill left undone; whoever opens the lane for writing does this first. Throws
 * `LANE_LOCKED` while another process is at it.
 */
export async function finishPatches(
  machine: Machine,
  { lane, directory }: PatchedLane,
): Promise<void> {
  const { files } = machine
  if (!(await names(files, folderOf(directory))).includes('patches')) return
  const lock = await lockLane(machine, folderOf(directory), lane)
  try {
    const plan = await readPlan(files, directory)
    if (plan) await apply(files, directory, plan.segment, plan.patches)
  } finally {
    await lock.release()
  }
}

async function names(files: FileSystem, folder: string): Promise<readonly string[]> {
  const entries = await files.list(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries.map(({ name }) => name)
}

async function writePlan(
  files: FileSystem,
  directory: string,
  segment: string,
  patches: readonly Patch[],
): Promise<void> {
  const head: Head = { segment, patches: patches.map(({ byte, bytes }) => [byte, bytes.length]) }
  const parts = [Buffer.from(`${JSON.stringify(head)}\n`), ...patches.map(({ bytes }) => bytes)]
  const plan = planOf(directory)
  const file = await files.open(`${plan}.draft`, 'empty')
  try {
    await writeAll(file, Buffer.concat(parts), 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(`${plan}.draft`, plan)
  await files.syncDirectory(folderOf(directory))
}

/** Null where somebody else has finished it meanwhile. */
async function readPlan(
  files: FileSystem,
  directory: string,
): Promise<{ readonly segment: string; readonly patches: readonly Patch[] } | null> {
  if (!(await names(files, folderOf(directory))).includes('patches')) return null
  const file = await files.open(planOf(directory), 'read')
  try {
    const all = await readBytes(file, 0, await file.size())
    const end = all.indexOf(NEWLINE)
    const head = JSON.parse(all.toString('utf8', 0, end)) as Head
    let from = end + 1
    const patches = head.patches.map(([byte, length]) => {
      from += length
      return { byte, bytes: all.subarray(from - length, from) }
    })
    return { segment: head.segment, patches }
  } finally {
    await file.close()
  }
}

/** Doing it again changes nothing, so a kill in the midst of it does no harm. */
async function apply(
  files: FileSystem,
  directory: string,
  segment: string,
  patches: readonly Patch[],
): Promise<void> {
  const file = await opened(files, join(directory, segment))
  if (file) {
    try {
      for (const { byte, bytes } of patches) await writeAll(file, bytes, byte)
      await file.sync()
    } finally {
      await file.close()
    }
  }
  await files.remove(planOf(directory))
  await files.syncDirectory(folderOf(directory))
}

/** Null where the segment has left the log since. */
async function opened(files: FileSystem, path: string): Promise<OpenFile | null> {
  try {
    return await files.open(path, 'change')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
