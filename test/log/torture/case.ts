/**
 * One case: the script on a computer where one operation meets a fault, then a power cut, recovery
 * and the check against the books; then further appends, a power cut and the check again.
 */
import { setImmediate } from 'node:timers/promises'
import type { LaneWriter, Log, Offsets, Slice } from '../../../src/log/contract.ts'
import { type LaneImport, openLaneImport } from '../../../src/log/files/lane_import.ts'
import { openLaneWriter } from '../../../src/log/files/lane_writer.ts'
import { openFileLog } from '../../../src/log/files/reader.ts'
import { ClickpathError } from '../../../src/std/errors.ts'
import { Computer, type PlannedFault, type Process } from './computer.ts'
import type { Operation } from './faults.ts'
import { type Attempt, LaneBook } from './model.ts'
import type { Step } from './script.ts'

const LOG = '/shop/data/log'
const SPOOL = '/shop/data/run/spool'
const LIVE = 'live'
const IMPORTED = 'last-year'
const SETTINGS = {
  segment_bytes_max: 2_000,
  append_queue_bytes_max: 1_000_000,
  log_reserve_mb: 1,
  append_ms_max: 10_000,
}
const STEP_MS = 1_000
/** More than a fault can last, in tries that are seconds apart. */
const TRIES_MAX = 12
const NO_LIMITS = { records_max: 1e6, bytes_max: 1e9 }
/** Operations of a recovery; a second fault hits one of the first so many. */
const RECOVERY_OPERATIONS = 40

interface Closable {
  close(): Promise<void>
}

/** Somebody who uses the log: a process, and what it has open. */
interface Role<T extends Closable> {
  process: Process | null
  open: T | null
}

/** Nothing can go on: the power is gone. */
class PowerLost extends Error {}

export class Case {
  readonly computer: Computer
  readonly #writer: Role<LaneWriter> = { process: null, open: null }
  readonly #importer: Role<LaneImport> = { process: null, open: null }
  readonly #reader: Role<Log> = { process: null, open: null }
  readonly #live = new LaneBook(LIVE)
  readonly #imported = new LaneBook(IMPORTED)
  readonly #fault: PlannedFault | null
  #offsets: Offsets = new Map()
  #records = 0
  /** Appends that nobody has answered yet. */
  #waiting = 0

  constructor(seed: number, fault: PlannedFault | null) {
    this.computer = new Computer(seed, fault)
    this.#fault = fault
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
    }
    if (this.#live.acknowledged < 3 || this.#imported.acknowledged < 3) {
      throw new Error('the log takes nothing more')
    }
    this.computer.losePower('nothing')
    await this.#recover()
    for (const role of [this.#writer, this.#importer, this.#reader]) await this.#close(role)
    this.#checkLocks()
    return operations
  }

  /** After a power cut, and again as long as it goes on while recovering. */
  async #recover(): Promise<void> {
    for (;;) {
      this.computer.restorePower()
      for (const role of [this.#writer, this.#importer, this.#reader]) role.open = null
      try {
        // First as the power left it, then as recovery does.
        for (const state of ['as found', 'recovered'] as const) {
          if (state === 'recovered') {
            await this.#opened(this.#writer)
            await this.#opened(this.#importer)
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
    if (step.do === 'append') return this.#append(step.appends)
    if (step.do === 'import') return this.#import(step.rows)
    if (step.do === 'read') {
      await this.#read(step)
      return
    }
    const who = { writer: this.#writer, importer: this.#importer, reader: this.#reader }
    if (step.do === 'status') await this.#status()
    else if (step.do === 'reopen') await this.#reopen(who[step.who])
    else who[step.who].process?.end('kill')
  }

  async #append(appends: readonly (readonly number[])[]): Promise<void> {
    const writer = await this.#opened(this.#writer)
    const attempts: Attempt[] = []
    const answers: Promise<void>[] = []
    await this.#during(this.#writer, async () => {
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
      else if (code === 'LOG_FAILED') this.#mustEnd(this.#writer)
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
    const lane = await this.#opened(this.#importer)
    await this.#during(this.#importer, async () => {
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
            await this.#close(this.#importer)
            return
          }
          if (code !== 'LOG_FULL' || tries === TRIES_MAX) throw error
        }
      }
    })
  }

  async #read(limits: { readonly records_max: number; readonly bytes_max: number }) {
    const log = await this.#opened(this.#reader)
    let slices: readonly Slice[] | null = null
    await this.#during(this.#reader, async () => {
      try {
        slices = await log.read(this.#offsets, limits)
        const next = new Map(this.#offsets)
        for (const slice of slices) {
          this.#see(slice)
          next.set(slice.lane, slice.first_position + slice.count)
        }
        this.#offsets = next
      } catch (error) {
        this.#expectFault(error)
      }
    })
    return slices as readonly Slice[] | null
  }

  #see({ lane, file, format, first_position, count, row_first }: Slice): readonly string[] {
    const text = this.computer.disk.file(file).shown.toString('utf8')
    const rows = text.split('\n').slice(0, -1)
    const records = format === 'ndjson' ? rows : rows.slice(row_first, row_first + count)
    if (records.length !== count) {
      throw new Error(`a slice of ${count} records of ${lane} holds ${records.length}`)
    }
    this.#book(lane).see(first_position, records)
    return records
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
    const log = await this.#opened(this.#reader)
    await this.#during(this.#reader, async () => {
      try {
        await log.lanes()
      } catch (error) {
        this.#expectFault(error)
      }
    })
  }

  async #reopen(role: Role<Closable>): Promise<void> {
    if (role.open) await this.#during(role, () => this.#close(role))
    await this.#opened(role)
  }

  async #close(role: Role<Closable>): Promise<void> {
    const { open, process } = role
    role.open = null
    try {
      await open?.close()
    } catch (error) {
      this.#expectFault(error)
      process?.end('kill')
    }
    this.#checkClosed(process)
  }

  #checkClosed(process: Process | null): void {
    if (process?.state === 'runs' && process.open_files !== 0) {
      throw new Error(`${process.open_files} files are left open`)
    }
  }

  #checkLocks(): void {
    for (const lane of [LIVE, IMPORTED]) {
      const names = [...this.computer.disk.directory(`${LOG}/${lane}`).shown.keys()]
      const left = names.filter((name) => name.startsWith('lock.') || name.includes('draft'))
      if (left.length > 0) throw new Error(`${left} is left in lane ${lane}`)
    }
  }

  /** A process that was told to end, and whatever else it would do. */
  #mustEnd(role: Role<Closable>): void {
    role.process?.end('kill')
  }

  /** What the role has open; opened, and its process started, where needed. */
  async #opened<T extends Closable>(role: Role<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      // Tried again first by the same process, then by a new one.
      if (role.process?.state !== 'runs' || (tries > 1 && tries % 2 === 1)) {
        role.process?.end('kill')
        role.process = this.computer.start()
        role.open = null
      }
      if (role.open) return role.open
      const { process } = role
      await this.#during(role, async () => {
        try {
          role.open = (await this.#openBy(role, process as Process)) as T
        } catch (error) {
          if (tries === TRIES_MAX) throw error
          if (!this.#keptLock(error)) this.#expectFault(error)
          this.#checkClosed(process)
        }
      })
      this.computer.advance(STEP_MS)
    }
  }

  /** A lock that could not be removed holds until its process ends. */
  #keptLock(error: unknown): boolean {
    const { at, fault } = this.#fault ?? { at: 0 }
    const operation = this.computer.operations[at - 1]
    return codeOf(error) === 'LANE_LOCKED' && fault?.kind === 'error' && operation === 'remove'
  }

  async #openBy(role: Role<Closable>, { machine }: Process): Promise<Closable> {
    const { clock } = this.computer
    if (role === this.#writer) {
      return openLaneWriter({ directory: LOG, lane: LIVE, settings: SETTINGS, clock, machine })
    }
    if (role === this.#importer) return openLaneImport({ directory: LOG, lane: IMPORTED, machine })
    return openFileLog({ directory: LOG, spool: SPOOL, machine })
  }

  /** Does what a role does until it is done, or its process is killed. Throws when the power goes. */
  async #during(role: Role<Closable>, work: () => Promise<void>): Promise<void> {
    const { process } = role
    if (!process) throw new Error('nobody is there to do it')
    const working = work().then(() => 'done' as const)
    const end = await Promise.race([working, process.ended, process.hangs()])
    if (end === 'hangs') {
      await this.#checkHanging(process)
      process.release()
      await Promise.race([working, process.ended])
    }
    if (this.computer.power === 'lost') throw new PowerLost()
    if (process.state === 'ended') {
      role.open = null
      if (role.process === this.#writer.process) this.#waiting = 0
    }
  }

  async #checkHanging(process: Process): Promise<void> {
    const writer = this.#writer.open
    if (process !== this.#writer.process || !writer || this.#waiting === 0) return
    process.letTimePass()
    await setImmediate()
    if (this.#waiting > 0) throw new Error(`${this.#waiting} appends wait for a disk that hangs`)
    if (!writer.full()) throw new Error('the lane is not full while the disk hangs')
  }

  #expectFault(error: unknown): void {
    const expected = ['EIO', 'ENOSPC']
    if (!expected.includes(codeOf(error)) && !expectedMessage(error)) throw error
  }
}

function expectedMessage(error: unknown): boolean {
  return error instanceof Error && /EIO|ENOSPC|took nothing/.test(error.message)
}

function codeOf(error: unknown): string {
  if (error instanceof ClickpathError) return error.code
  return String((error as NodeJS.ErrnoException | null)?.code)
}
