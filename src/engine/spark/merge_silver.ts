/**
 * Keeps silver in few files: every batch leaves a folder, and whoever reads opens every file. When
 * many small folders have come, Spark writes their events anew as one, and that takes their place
 * while nobody reads. A kill in between leaves both, and the start removes what is in the other.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { read, sqlOver } from './connect/relations.ts'
import type { SparkSession } from './connect/session.ts'
import { type SilverFiles, type SilverFolder, silverName, syncAll } from './silver_files.ts'
import { DAY_COLUMNS } from './words.ts'

/** So many at the end, each smaller than this, become one; that one counts as small in turn. */
const FOLDERS_MAX = 16
const SMALL_BYTES_MAX = 128_000_000

/** The newest folders, as far as they are small; none while they are few. */
export async function foldersDue(silver: SilverFiles): Promise<readonly SilverFolder[]> {
  const folders = await silver.folders()
  if (folders.length < FOLDERS_MAX) return []
  const due: SilverFolder[] = []
  for (const folder of folders.toReversed()) {
    if ((await silver.bytesOf(folder)) >= SMALL_BYTES_MAX) break
    due.unshift(folder)
  }
  return due.length < FOLDERS_MAX ? [] : due
}

/** `quietly` runs what it is given while no query reads the files. */
export async function mergeSilver(
  session: SparkSession,
  silver: SilverFiles,
  due: readonly SilverFolder[],
  quietly: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const [first, last] = [due[0], due.at(-1)]
  if (!first || !last) return
  const attempt = await silver.attempt()
  try {
    const written = join(attempt, 'merged')
    const paths = (await Promise.all(due.map((folder) => silver.daysOf(folder)))).flat()
    const query = `SELECT /*+ REPARTITION(year, month, day) */ * FROM (
      SELECT *, ${DAY_COLUMNS} FROM silver_parts)`
    await session.write({
      input: sqlOver(query, { silver_parts: read({ format: 'parquet', paths }) }),
      format: 'parquet',
      mode: 'overwrite',
      to: { path: written },
      partitionBy: ['year', 'month', 'day'],
    })
    await syncAll(written)
    await quietly(async () => {
      await rename(written, join(silver.path, silverName(first.first, last.last)))
      for (const { name } of due) await rm(join(silver.path, name), { recursive: true })
    })
  } finally {
    await rm(attempt, { recursive: true, force: true })
  }
}
