/**
 * Housekeeping: what keeps log and database from growing without bound, done in small steps while
 * batches go on, or all at once when somebody asks for it. A step that is cut short is done again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchiveFolder } from '../../log/files/archive_folder.ts'
import { type Consumers, LogArchive } from '../../log/files/log_archive.ts'
import type { Clock } from '../../std/clock.ts'
import { messageOf } from '../../std/errors.ts'
import { causeOf, type Say, tell } from '../../std/notices.ts'
import type { Settings } from '../../std/settings.ts'
import { daysDue, moveEvents } from './archive_events.ts'
import { recordFiles } from './archive_records.ts'
import type { DuckdbEngine } from './engine.ts'
import { tidySmallTables } from './small_tables.ts'

export interface HousekeepingOptions {
  readonly engine: DuckdbEngine
  /** The log's directory, and its archive as the log's reader knows it. */
  readonly log_directory: string
  readonly log_archive: ArchiveFolder
  /** The folder of stored events that were archived: the engine's `archive`. */
  readonly events_directory: string
  /** A directory for what is in the making: its own, gone after each step. */
  readonly spool: string
  readonly settings: Settings
  readonly clock: Clock
  readonly say: Say
}

/** What lies before these times is moved, where it can be; nothing where there is none. */
export interface ArchiveTimes {
  /** When all records of a segment were received. */
  readonly log_before_ms: number | null
  /** Event time of stored events; whole days (UTC) are moved. */
  readonly events_before_ms: number | null
}

/** What was moved, or would be. */
export interface ArchiveReport {
  readonly log: ArchivedPart
  readonly events: ArchivedPart
  /** Why something stayed where it is, though it was due. */
  readonly failures: readonly string[]
}

export interface ArchivedPart {
  readonly files: number
  readonly records: number
  /** In the archive; null where it was not written. */
  readonly bytes: number | null
}

const LOOK_MS = 60_000
/** Of the time that a step took, before the next one. */
const REST_SHARE = 3
const DAY_MS = 86_400_000

export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #log: LogArchive
  readonly #closing = new AbortController()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    this.#options = options
    const { engine, log_directory: directory, log_archive: archive, spool } = options
    const consumers: Consumers = {
      passed: (lane) => engine.progress().offsets.get(lane) ?? 0,
      pause: (work) => engine.alone(() => work()),
    }
    const records = recordFiles(`${spool}.spill`)
    this.#log = new LogArchive({ directory, archive, spool, records, consumers })
  }

  /** Looks once a minute, and goes on as long as there is something to do. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(LOOK_MS, signal)
      await this.#round(signal)
    }
  }

  /** What is due by the settings; also the tables that only we look at. */
  async #round(signal: AbortSignal): Promise<void> {
    const { engine, settings, say } = this.#options
    const skip = new Set<string>()
    const fail = (thrown: unknown) => tell(say, 'ARCHIVE_FAILED', causeOf(thrown))
    const repeat = <T>(step: () => Promise<T | null>) =>
      repeated(skip, fail, () => this.#calmly(step, signal))
    await repeat(() => this.#moveSegment(this.#times(), skip))
    const moved = await repeat(() => this.#moveEvents(this.#times()))
    if (moved.length > 0) await repeat(() => this.#freeRoom())
    await repeat(async () => {
      const done = await engine.alone((writer) => tidySmallTables(writer, settings))
      return done === 'idle' ? null : done
    })
  }

  /** Then rests, so that most of the machine is left to others; does nothing in a backlog. */
  async #calmly<T>(step: () => Promise<T | null>, signal: AbortSignal): Promise<T | null> {
    const { clock } = this.#options
    if (signal.aborted || !this.#isCalm()) return null
    const started_ms = clock.now_ms()
    const done = await step()
    if (done !== null) await rest(REST_SHARE * (clock.now_ms() - started_ms), signal)
    return done
  }

  /** A backlog comes first. */
  #isCalm(): boolean {
    const { engine, settings } = this.#options
    const { state, pending } = engine.progress()
    return state === 'running' && pending < settings.batch_records_max / 10
  }

  #times(): ArchiveTimes {
    const { settings, clock } = this.#options
    const before = (days: number) => (days === 0 ? null : clock.now_ms() - days * DAY_MS)
    return {
      log_before_ms: before(settings.log_days),
      events_before_ms: before(settings.store_days),
    }
  }

  #moveSegment({ log_before_ms }: ArchiveTimes, skip: Set<string>) {
    return this.#inTurn(async () =>
      log_before_ms === null ? null : this.#log.moveNext(log_before_ms, skip),
    )
  }

  #moveEvents({ events_before_ms }: ArchiveTimes) {
    const { engine, events_directory } = this.#options
    return this.#inTurn(async () =>
      events_before_ms === null
        ? null
        : moveEvents(engine, events_directory, wholeDays(events_before_ms)),
    )
  }

  /** The room of deleted rows is used again from the next checkpoint on. */
  async #freeRoom(): Promise<null> {
    // A query may be in the way: then the next checkpoint does it.
    await this.#options.engine.alone((writer) => writer.run('CHECKPOINT')).catch(() => undefined)
    return null
  }

  /** One move at a time, whoever asks: they share their places on the disk. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined) // Whoever asked is told; the next in line is not.
    return result
  }

  /** Moves all that lies before these times, by the settings where none is given. */
  async archive(times: ArchiveTimes = this.#times(), signal?: AbortSignal): Promise<ArchiveReport> {
    const skip = new Set<string>()
    const failures: string[] = []
    const repeat = (step: () => Promise<Moved | null>) =>
      repeated(
        skip,
        (thrown) => failures.push(messageOf(thrown)),
        async () => (signal?.aborted || this.#closing.signal.aborted ? null : step()),
      )
    const log = await repeat(async () => {
      const moved = await this.#moveSegment(times, skip)
      return moved && { records: moved.end_position - moved.first_position, bytes: moved.bytes }
    })
    const events = await repeat(async () => {
      const moved = await this.#moveEvents(times)
      return moved && { records: moved.rows, bytes: moved.bytes }
    })
    if (events.length > 0) await this.#freeRoom()
    return { log: partOf(log), events: partOf(events), failures }
  }

  /** Begins nothing more, whoever asked for it; resolves when what was begun is done. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#turn
  }

  /** What `archive` would move now. */
  async plan(times: ArchiveTimes = this.#times()): Promise<ArchiveReport> {
    const { log_before_ms, events_before_ms } = times
    const log = { files: 0, records: 0, bytes: null }
    if (log_before_ms !== null) {
      for await (const { segment } of this.#log.due(log_before_ms)) {
        log.files += 1
        log.records += segment.end_position - segment.first_position
      }
    }
    const days = events_before_ms === null ? [] : await this.#daysDue(events_before_ms)
    const records = days.reduce((sum, { rows }) => sum + rows, 0)
    return { log, events: { files: days.length, records, bytes: null }, failures: [] }
  }

  async #daysDue(before_ms: number) {
    const { engine } = this.#options
    const batch = await engine.alone(async (_, __, { settled }) => settled.batch)
    return daysDue(engine.store, wholeDays(before_ms), batch)
  }
}

const wholeDays = (time_ms: number) => Math.floor(time_ms / DAY_MS) * DAY_MS

interface Moved {
  readonly records: number
  readonly bytes: number
}

function partOf(moved: readonly Moved[]): ArchivedPart {
  const sum = (of: (one: Moved) => number) => moved.reduce((total, one) => total + of(one), 0)
  return {
    files: moved.length,
    records: sum(({ records }) => records),
    bytes: sum(({ bytes }) => bytes),
  }
}

/**
 * Takes a step again and again, until it does nothing more or fails; goes on after a failure that
 * is about one lane, which is skipped from then on.
 */
async function repeated<T>(
  skip: ReadonlySet<string>,
  fail: (thrown: unknown) => void,
  step: () => Promise<T | null>,
): Promise<readonly T[]> {
  const done: T[] = []
  for (;;) {
    const skipped = skip.size
    try {
      const one = await step()
      if (one === null) return done
      done.push(one)
    } catch (thrown) {
      fail(thrown)
      if (skip.size === skipped) return done
    }
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // Aborted: whoever asked looks.
}
