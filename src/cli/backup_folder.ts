/**
 * Copies of a data folder in use: what cannot be made again, in an order in which a copy is whole
 * though everybody goes on writing. The database is left out, since it is made from the log.
 *
 *   1. every lane's mark     then its segments: a mark may be behind its segment, never ahead
 *   2. the log's archive     after the log: a segment that moves meanwhile is in one of them
 *   3. erasures, keys        after the log: an erasure there has its key here
 *
 * What is there already, of the same size and time, stays; what is gone from the folder goes.
 */
import { copyFile, mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { durableMarkName } from '../log/files/durable_mark.ts'
import { isDraft } from '../log/files/segment_name.ts'

const TREES = ['log', join('archive', 'log'), 'erasures'] as const
const FILES = ['keys.json', 'tokens.json'] as const

export interface Copied {
  readonly files: number
  readonly copied_files: number
  readonly copied_bytes: number
}

/** Makes `target` hold what `directory` does; both are folders. */
export async function copyFolder(directory: string, target: string): Promise<Copied> {
  let [files, copied_files, copied_bytes] = [0, 0, 0]
  const targetOf = (file: string) => join(target, relative(directory, file))
  for (const tree of TREES) {
    // Tricky: what there is beside the marks is looked up after these were copied, or a mark could
    // speak of a segment that began in between.
    const marks = (await filesBelow(join(directory, tree))).filter(isMark)
    for (const mark of marks) await copyOnce(mark, targetOf(mark))
    const others = (await filesBelow(join(directory, tree))).filter((file) => !isMark(file))
    for (const file of others) {
      const bytes = await copyOnce(file, targetOf(file))
      if (bytes !== null) [copied_files, copied_bytes] = [copied_files + 1, copied_bytes + bytes]
    }
    files += marks.length + others.length
    const kept = new Set([...marks, ...others].map(targetOf))
    for (const old of await filesBelow(join(target, tree))) if (!kept.has(old)) await rm(old)
  }
  for (const name of FILES) {
    if ((await copyOnce(join(directory, name), join(target, name))) !== null) copied_files += 1
  }
  return { files, copied_files, copied_bytes }
}

const isMark = (path: string) => path.endsWith(durableMarkName)

/** Without locks, which name processes, and without what nobody knows yet. */
async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .filter((entry) => entry.isFile() && !/^(lock|being)[.-]/.test(entry.name))
    .filter(({ name }) => !isDraft(name))
    .map(({ parentPath, name }) => join(parentPath, name))
}

/**
 * Copies a file durably. Answers its bytes; null where it is there already, or gone by now: then it
 * is in what is copied next, or the next time.
 */
async function copyOnce(from: string, to: string): Promise<number | null> {
  try {
    const source = await stat(from)
    const there = await stat(to).catch(() => null)
    const same = there?.size === source.size && there.mtimeMs === Math.floor(source.mtimeMs)
    // A mark is written in place, many times within a millisecond.
    if (same && !isMark(from)) return null
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, to)
    const file = await open(to, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    // The time of before the copy: what was written meanwhile is copied the next time.
    await utimes(to, source.atime, new Date(Math.floor(source.mtimeMs)))
    return source.size
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
}
