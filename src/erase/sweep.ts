/**
 * Takes what is erased out of the files of the log and its archive, and removes what ended
 * processes have left of it elsewhere.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withInstance } from '../engine/duckdb/archive_records.ts'
import { erasuresIn, rewriteParquet } from '../engine/duckdb/erase_parquet.ts'
import { sparkFolder } from '../engine/place.ts'
import type { Slice } from '../log/contract.ts'
import type { ArchiveFolder } from '../log/files/archive_folder.ts'
import { type ErasedLog, eraseLog, finishErasing, type Place } from '../log/files/erase_log.ts'
import { openLaneImport } from '../log/files/lane_import.ts'
import { thisMachine } from '../log/files/machine.ts'
import { isDraft, isLaneName } from '../log/files/segment_name.ts'
import { type Erased, type Erasure, tombstoneOf } from '../model/erasure.ts'
import { ClickpathError } from '../std/errors.ts'

export interface SweeperOptions {
  /** The data folder. */
  readonly directory: string
  /** As the log's reader knows it. */
  readonly archive: ArchiveFolder
}

export interface Swept extends ErasedLog {
  /** Records by kind. */
  readonly records: Readonly<Record<string, number>>
}

/** Tricky: parsing takes most of a sweep's time, and most lines need none. */
const TOMBSTONE = '{"record":"erased"'
const DEAD_PROCESS = /-(\d+)$/
/** Where the archive makes its copies. */
const ARCHIVING = 'archive'

export class Sweeper {
  readonly #options: SweeperOptions
  #scratches = 0
  #sweeps = 0

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** How often files were changed: a copy of one that was begun before is not to be kept. */
  get sweeps(): number {
    return this.#sweeps
  }

  /** `count` changes nothing. Nobody may read the log while it is erased from. */
  async sweep(how: 'count' | 'erase', erased: Erased, places?: readonly Place[]): Promise<Swept> {
    const { directory, archive } = this.#options
    const records: Record<string, number> = {}
    const note = (kind: string, many: number) => {
      records[kind] = (records[kind] ?? 0) + many
    }
    const replace = (line: string) => {
      if (line.startsWith(TOMBSTONE)) return null
      const record = JSON.parse(line) as Readonly<Record<string, unknown>>
      if (!erased.holds(record)) return null
      note(String(record.record), 1)
      return tombstoneOf(record)
    }
    this.#sweeps += 1
    return withInstance(this.scratch('erasing'), async (connection) => {
      const swept = await eraseLog({
        directory: join(directory, 'log'),
        archive,
        machine: thisMachine,
        replace,
        rewrite: (file, draft) => rewriteParquet(connection, file, draft, erased, note),
        how,
        ...(places ? { places } : {}),
      })
      return { ...swept, records }
    })
  }

  /** What a kill left half done; before the log is read. */
  finishInterrupted(): Promise<void> {
    return finishErasing(thisMachine, join(this.#options.directory, 'log'))
  }

  /** The erasures among the records of slices of their lane. */
  erasuresIn(slices: readonly Slice[]): Promise<readonly Erasure[]> {
    return withInstance(this.scratch('searching'), (connection) => erasuresIn(connection, slices))
  }

  /** A folder that nobody has had before; what a kill leaves in it is known to be nobody's. */
  scratch(what: 'erasing' | 'searching'): string {
    this.#scratches += 1
    return join(this.#options.directory, 'run', `${what}-${this.#scratches}-${process.pid}`)
  }

  /**
   * Removes copies of records that were being read or written when a process ended. Answers how
   * many. At `start` also those of the archive in the making, which nobody makes then; later those
   * are looked at when they are done, see log_archive.ts.
   */
  async removeLeftovers(when: 'start' | 'later'): Promise<number> {
    if (when === 'start') await this.#options.archive.removeLeftovers()
    // What Spark once computed of this log names whom it named then.
    await rm(sparkFolder(this.#options.directory), { recursive: true, force: true })
    return (await this.#clearRun(when)) + (await this.#removeDrafts())
  }

  async #clearRun(when: 'start' | 'later'): Promise<number> {
    const run = join(this.#options.directory, 'run')
    let removed = 0
    for (const entry of await readdir(run, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      if (when === 'later' && entry.name.startsWith(ARCHIVING)) continue
      const folder = join(run, entry.name)
      const [, pid] = DEAD_PROCESS.exec(entry.name) ?? []
      // Another process that runs has what it is reading there, and removes it by itself.
      const { processes } = thisMachine
      if (pid !== undefined && (await processes.startOf(Number(pid))) !== null) continue
      const files = await readdir(folder)
      for (const name of files) await rm(join(folder, name), { recursive: true, force: true })
      if (pid !== undefined) await rm(folder, { recursive: true, force: true })
      removed += files.length
    }
    return removed
  }

  /** Of imports that were killed; what a running one writes is looked at when it is in the log. */
  async #removeDrafts(): Promise<number> {
    const log = join(this.#options.directory, 'log')
    let removed = 0
    for (const lane of (await readdir(log)).filter(isLaneName)) {
      const drafts = (await readdir(join(log, lane))).filter(isDraft)
      if (drafts.length === 0) continue
      try {
        await (await openLaneImport({ directory: log, lane })).close()
        removed += drafts.length
      } catch (error) {
        if (!(error instanceof ClickpathError) || error.code !== 'LANE_LOCKED') throw error
      }
    }
    return removed
  }
}
