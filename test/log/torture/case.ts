/**
 * One case: the script on a computer where one operation meets a fault, then a power cut, recovery
 * and the check against the books; then further appends, a power cut and the check again.
 */
import { basename, dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { LaneWriter, Log, Offsets, Slice } from '../../../src/log/contract.ts'
import { ArchiveFolder } from '../../../src/log/files/archive_folder.ts'
import { type LaneImport, openLaneImport } from '../../../src/log/files/lane_import.ts'
import { openLaneWriter } from '../../../src/log/files/lane_writer.ts'
import { LogArchive, type RecordFiles } from '../../../src/log/files/log_archive.ts'
import type { Machine } from '../../../src/log/files/machine.ts'
import { openFileLog } from '../../../src/log/files/reader.ts'
import { Computer, type PlannedFault } from './computer.ts'
import type { Operation } from './faults.ts'
import { type Attempt, LaneBook } from './model.ts'
import type { Step } from './script.ts'
import { codeOf, expectFault, PowerLost, TRIES_MAX, User } from './users.ts'

const LOG = '/shop/data/log'
const SPOOL = '/shop/data/run/spool'
const ARCHIVE = '/shop/data/archive/log'
const ARCHIVE_SPOOL = '/shop/data/run/archive'
const LIVE = 'live'
const IMPORTED = 'last-year'
const SETTINGS = {
  segment_bytes_max: 3_000,
  append_queue_bytes_max: 1_000_000,
  log_reserve_mb: 1,
  sync_ms_max: 10_000,
}
/** Of the first position in a segment's name. */
const DIGITS = 20
const STEP_MS = 1_000
const NO_LIMITS = { records_max: 1e6, bytes_max: 1e9 }
/** Operations of a recovery; a second fault hits one of the first so many. */
const RECOVERY_OPERATIONS = 40

export class Case {
  readonly computer: Computer
  readonly #writer: User<LaneWriter>
  readonly #importer: User<LaneImport>
  readonly #reader: User<Log>
  readonly #archiver: User<LogArchive & { close(): Promise<void> }>
  readonly #live = new LaneBook(LIVE)
  readonly #imported = new LaneBook(IMPORTED)
  readonly #fault: PlannedFault | null
  #offsets: Offsets = new Map()
  #records = 0
  /** Appends that nobody has answered yet. */
  #waiting = 0

  constructor(seed: number, fault: PlannedFault | null) {
    const computer = new Computer(seed, fault)
    this.computer = computer
    this.#fault = fault
    const live = { directory: LOG, lane: LIVE, settings: SETTINGS }
    this.#writer = new User(
      computer,
      fault,
      (machine, clock) => openLaneWriter({ ...live, clock, machine }),
      () => this.#checkHanging(),
    )
    this.#importer = new User(computer, fault, (machine) =>
      openLaneImport({ directory: LOG, lane: IMPORTED, machine }),
    )
    this.#reader = new User(computer, fault, async (machine) =>
      openFileLog({ directory: LOG, spool: SPOOL, archive: archiveFolder(machine), machine }),
    )
    this.#archiver = new User(computer, fault, async (machine) => {
      const archive = archiveFolder(machine)
      const consumers = {
        passed: (lane: string) => this.#offsets.get(lane) ?? 0,
        pause: <T>(work: () => Promise<T>) => work(),
      }
      const records = recordFiles(computer)
      const spool = ARCHIVE_SPOOL
      const archiver = new LogArchive({
        directory: LOG,
        archive,
        spool,
        records,
        consumers,
        machine,
      })
      return Object.assign(archiver, { close: async () => {} })
    })
  }

  get #users() {
    return {
      ...{ writer: this.#writer, importer: this.#importer },
      ...{ reader: this.#reader, archiver: this.#archiver },
    }
  }

  /** Throws what is wrong. Answers the operations of the script. */
  async run(script: readonly Step[]): Promise<readonly Operation[]> {
    let operations: readonly Operation[] = []
    try {
      for (const step of script) await this.#step(step)
      operations = [...this.computer.operations]
      this.computer.losePower('nothing')
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error
    }
    const { fault } = this.#fault ?? {}
    if (fault?.kind === 'power' && fault.again) {
      const after = 1 + Math.floor(this.computer.random() * RECOVERY_OPERATIONS)
      this.computer.plan(after, { ...fault, when: 'before' })
    }
    await this.#recover()
    for (let round = 0; round < 3; round++) {
      await this.#append([[20, 30], [40]])
      await this.#import(3)
      while ((await this.#read(NO_LIMITS))?.length !== 0);
      await this.#archive()
    }
    if (this.#live.acknowledged < 3 || this.#imported.acknowledged < 3) {
      throw new Error('the log takes nothing more')
    }
    this.computer.losePower('nothing')
    await this.#recover()
    await this.#importer.close()
    // Who meets a fault leaves the rest to the next time.
    for (let tries = 0; tries < 2; tries++) await this.#archive()
    for (const user of Object.values(this.#users)) await user.close()
    this.#checkLeft()
    return operations
  }

  /** After a power cut, and again as long as it goes on while recovering. */
  async #recover(): Promise<void> {
    for (;;) {
      this.computer.restorePower()
      for (const user of Object.values(this.#users)) user.open = null
      try {
        // First as the power left it, then as recovery does.
        for (const state of ['as found', 'recovered'] as const) {
          if (state === 'recovered') {
            await this.#writer.opened()
            await this.#importer.opened()
          }
          this.#offsets = new Map()
          const held = await this.#readAll()
          if (state === 'as found') continue
          this.#live.check(held.get(LIVE) ?? [])
          this.#imported.check(held.get(IMPORTED) ?? [])
        }
        return
      } catch (error) {
        if (!(error instanceof PowerLost)) throw error
      }
    }
  }

  async #step(step: Step): Promise<void> {
    this.computer.advance(STEP_MS)
    if (step.do === 'append') {
      const reading = step.meanwhile === 'read' ? this.#read(NO_LIMITS) : null
      await Promise.all([this.#append(step.appends), reading])
      // Who reads at once after a failure sees whatever it has left.
      if (this.#writer.open === null) await this.#read(NO_LIMITS)
      return
    }
    if (step.do === 'import') return this.#import(step.rows)
    if (step.do === 'read') {
      await this.#read(step)
      return
    }
    if (step.do === 'status') await this.#status()
    else if (step.do === 'archive') await this.#archive()
    else if (step.do === 'reopen') await this.#users[step.who].reopen()
    else this.#users[step.who].process?.end('kill')
  }

  async #checkHanging(): Promise<void> {
    const { open, process } = this.#writer
    if (!open || this.#waiting === 0) return
    process?.letTimePass()
    await setImmediate()
    if (this.#waiting > 0) throw new Error(`${this.#waiting} appends wait for a disk that hangs`)
    if (open.refusal() === null) throw new Error('the lane is not full while the disk hangs')
  }

  async #append(appends: readonly (readonly number[])[]): Promise<void> {
    const writer = await this.#writer.opened()
    this.#waiting = 0
    const attempts: Attempt[] = []
    const answers: Promise<void>[] = []
    await this.#writer.during(async () => {
      for (const sizes of appends) {
        const records = sizes.map((bytes) => this.#record(bytes))
        const attempt = this.#live.attempt(records)
        attempts.push(attempt)
        answers.push(this.#appendOne(writer, attempt))
      }
      await Promise.all(answers)
    })
  }

  async #appendOne(writer: LaneWriter, attempt: Attempt): Promise<void> {
    const { records } = attempt
    this.#waiting += 1
    const lines = Buffer.from(records.map((record) => `${record}\n`).join(''))
    try {
      const { first_position, count } = await writer.append(lines, records.length)
      if (count !== records.length) throw new Error(`${count} of ${records.length} were counted`)
      attempt.outcome = { said: 'durable', position: first_position }
    } catch (error) {
      const code = codeOf(error)
      if (code === 'LOG_FULL') attempt.outcome = { said: 'refused' }
      else if (code === 'LOG_FAILED') this.#writer.process?.end('kill')
      else if (code !== 'LOG_SLOW') throw error
    } finally {
      this.#waiting -= 1
    }
  }

  #record(bytes: number): string {
    this.#records += 1
    return JSON.stringify({ record: 'event', event_id: this.#records, filler: 'x'.repeat(bytes) })
  }

  async #import(count: number): Promise<void> {
    const lane = await this.#importer.opened()
    await this.#importer.during(async () => {
      const rows = Array.from({ length: count }, () => this.#record(5))
      const attempt = this.#imported.attempt(rows)
      const draft = lane.draft()
      // Whoever writes a draft syncs nothing.
      const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''))
      this.computer.disk.create(draft).change({ kind: 'write', byte: 0, bytes })
      for (let tries = 1; ; tries++) {
        try {
          const { first_position } = await lane.add(draft, count)
          attempt.outcome = { said: 'durable', position: first_position }
          return
        } catch (error) {
          const code = codeOf(error)
          if (code === 'LOG_FAILED') {
            if (tries > 1 && this.#fault?.fault.kind !== 'full') {
              throw new Error('a draft that was to be added again is refused', { cause: error })
            }
            await this.#importer.close()
            return
          }
          if (code !== 'LOG_FULL' || tries === TRIES_MAX) throw error
        }
      }
    })
  }

  async #read(limits: { readonly records_max: number; readonly bytes_max: number }) {
    const log = await this.#reader.opened()
    let slices: readonly Slice[] | null = null
    await this.#reader.during(async () => {
      try {
        slices = await log.read(this.#offsets, limits)
        const next = new Map(this.#offsets)
        for (const slice of slices) {
          this.#see(slice)
          next.set(slice.lane, slice.first_position + slice.count)
        }
        this.#offsets = next
      } catch (error) {
        expectFault(error)
      }
    })
    return slices as readonly Slice[] | null
  }

  #see(slice: Slice): readonly string[] {
    const { lane, file, format, first_position, count, row_first } = slice
    const text = this.computer.disk.file(file).shown.toString('utf8')
    const rows = text.split('\n').slice(0, -1)
    const records = format === 'ndjson' ? rows : rows.slice(row_first, row_first + count)
    if (records.length !== count) {
      throw new Error(`a slice of ${count} records of ${lane} holds ${records.length}`)
    }
    this.#checkDurable(slice, records.at(-1) ?? '')
    this.#book(lane).see(first_position, records)
    return records
  }

  /** The last record that a reader was given must be on the disk itself by now. */
  #checkDurable(slice: Slice, record: string): void {
    const { lane, format, first_position, count } = slice
    const last = first_position + count - 1
    if (this.#isArchivedDurably(slice, record)) return
    const named = [...this.computer.disk.directory(`${LOG}/${lane}`).durable]
    const segment = named.findLast(
      ([name]) => name.endsWith(`.${format}`) && Number(name.slice(0, DIGITS)) <= last,
    )
    const node = segment?.[1]
    if (node?.kind === 'file' && node.durable.includes(record)) return
    throw new Error(`lane ${lane}: a reader was given position ${last}, which is not durable`)
  }

  #isArchivedDurably({ file }: Slice, record: string): boolean {
    if (!file.startsWith(ARCHIVE)) return false
    const node = this.computer.disk.directory(dirname(file)).durable.get(basename(file))
    return node?.kind === 'file' && node.durable.includes(record)
  }

  #book(lane: string): LaneBook {
    return lane === LIVE ? this.#live : this.#imported
  }

  /** Reads everything from the beginning; what a fault interrupts is read again. */
  async #readAll(): Promise<ReadonlyMap<string, readonly string[]>> {
    const held = new Map<string, string[]>()
    for (let tries = 0; tries < TRIES_MAX; ) {
      const slices = await this.#read(NO_LIMITS)
      if (slices === null) tries += 1
      else if (slices.length === 0) return held
      for (const slice of slices ?? []) {
        const lane = held.get(slice.lane) ?? []
        held.set(slice.lane, lane)
        if (slice.first_position !== lane.length) throw new Error('a slice leaves records out')
        lane.push(...this.#see(slice))
      }
    }
    throw new Error('the log cannot be read to its end')
  }

  async #status(): Promise<void> {
    const log = await this.#reader.opened()
    await this.#reader.during(async () => {
      try {
        await log.lanes()
      } catch (error) {
        expectFault(error)
      }
    })
  }

  /** Moves all that the reader has passed; what a fault interrupts is left to the next time. */
  async #archive(): Promise<void> {
    const archiver = await this.#archiver.opened()
    await this.#archiver.during(async () => {
      const skip = new Set<string>()
      try {
        while (await archiver.moveNext(Number.POSITIVE_INFINITY, skip));
      } catch (error) {
        expectFault(error)
      }
    })
  }

  /** Everything was read and archived, so the log holds what is being written, and nothing else. */
  #checkLeft(): void {
    for (const lane of [LIVE, IMPORTED]) {
      const names = [...this.computer.disk.directory(`${LOG}/${lane}`).shown.keys()]
      const left = names.filter((name) => name.startsWith('lock.') || name.includes('draft'))
      if (left.length > 0) throw new Error(`${left} is left in lane ${lane}`)
      const segments = names.filter((name) => /^\d/.test(name))
      const due = lane === LIVE ? 1 : 0
      if (segments.length > due) throw new Error(`${segments} are not archived`)
    }
  }
}

function archiveFolder({ files }: Machine): ArchiveFolder {
  return new ArchiveFolder(ARCHIVE, files)
}

/** Parquet is written by others, past the seam, and nobody syncs it. Here it is the lines. */
function recordFiles({ disk }: Computer): RecordFiles {
  return {
    received: async () => ({ first_ms: 0, last_ms: 0 }),
    toParquet: async (lines, parquet) => {
      const bytes = disk.file(lines).shown
      disk.create(parquet).change({ kind: 'write', byte: 0, bytes })
      return bytes.toString('utf8').split('\n').length - 1
    },
  }
}
