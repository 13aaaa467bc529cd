/**
 * A computer with one disk and some processes, one of whose file operations meets a fault. It is
 * what the log's argument `machine` is in the torture: nothing here touches the real disk, clock or
 * processes, so a case happens the same way each time.
 */
import { createHash } from 'node:crypto'
import type { Entry, FileSystem, OpenFile, OpenMode } from '../../../src/log/files/file_system.ts'
import type { Machine } from '../../../src/log/files/machine.ts'
import { Disk, type DiskFile, type Random, type Survival, seeded, systemError } from './disk.ts'
import { bytesOf, type Fault, grows, type Operation, type Part } from './faults.ts'

const FREE_BYTES = 1e12
/** Many times more than any case needs: whoever gets there tries again for ever. */
const OPERATIONS_MAX = 50_000
/** Where the power goes soon after something else: within so many operations. */
const POWER_SOON = 12
/** Timers up to this go off by themselves; longer ones when time is let pass. */
const SHORT_MS = 100
const CLOCK_START_MS = 1_700_000_000_000

export interface PlannedFault {
  /** The number of the operation, from 1. */
  readonly at: number
  readonly fault: Fault
}

/** What a write, or another change, does when it is done in part or whole. */
interface Effect<T> {
  readonly bytes: number
  /** Does this much and answers what the caller gets; `from` leaves out what lies before. */
  readonly run: (bytes: number, from?: number) => T
  readonly sync?: () => void
  readonly failSync?: (reached: Survival, random: Random) => void
}

export class Computer {
  readonly disk = new Disk()
  readonly operations: Operation[] = []
  readonly random: Random
  #fault: PlannedFault | null
  readonly #processes: Process[] = []
  #now_ms = CLOCK_START_MS
  #full_until = 0
  power: 'on' | 'lost' = 'on'

  constructor(seed: number, fault: PlannedFault | null) {
    this.random = seeded(seed)
    this.#fault = fault
  }

  readonly clock = { now_ms: (): number => this.#now_ms }

  advance(ms: number): void {
    this.#now_ms += ms
  }

  start(): Process {
    const process = new Process(this, this.#processes.length + 1)
    this.#processes.push(process)
    return process
  }

  startOf(pid: number): string | null {
    return this.#processes[pid - 1]?.state === 'runs' ? `start-${pid}` : null
  }

  /** Ends all processes and forgets what is not on the disk; the next process starts after that. */
  losePower(survival: Survival): void {
    this.power = 'lost'
    for (const process of this.#processes) process.end('power')
    this.disk.losePower(survival, this.random)
  }

  restorePower(): void {
    this.power = 'on'
  }

  /** Plans a fault so many operations from now, in place of the one there was. */
  plan(operations: number, fault: Fault): void {
    this.#fault = { at: this.operations.length + operations, fault }
  }

  /** The fault that the operation about to be done meets. */
  meet(operation: Operation): Fault | null {
    this.operations.push(operation)
    const number = this.operations.length
    if (number > OPERATIONS_MAX) throw new Error('it does not end')
    if (this.#fault?.at === number) {
      const { fault } = this.#fault
      if (fault.followed_by === 'power') {
        const power: Fault = { kind: 'power', when: 'before', survival: 'nothing' }
        this.plan(1 + Math.floor(this.random() * POWER_SOON), power)
      }
      if (fault.kind !== 'full') return fault
      this.#full_until = number + fault.operations
    }
    if (number < this.#full_until && grows(operation)) {
      return { kind: 'error', code: 'ENOSPC', part: 0 }
    }
    return null
  }
}

/** One of its own each time, or all that waits for it would be kept for ever. */
const never = (): Promise<never> => new Promise(() => {})

/** A process: what it had open and waited for is gone when it ends. */
export class Process {
  readonly machine: Machine
  readonly pid: number
  readonly computer: Computer
  state: 'runs' | 'ended' = 'runs'
  open_files = 0
  /** Resolves when it ends, with what ended it. */
  readonly ended: Promise<'power' | 'kill'>
  #end: (by: 'power' | 'kill') => void = () => {}
  #timers = new Set<() => void>()
  #release: (() => void) | null = null
  #hangs: (() => void) | null = null

  constructor(computer: Computer, pid: number) {
    this.computer = computer
    this.pid = pid
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    let drawn = 0
    this.machine = {
      files: new ProcessFiles(this),
      processes: { own: pid, startOf: async (other) => computer.startOf(other) },
      random: (bytes) =>
        createHash('sha256').update(`${pid} ${drawn++}`).digest().subarray(0, bytes),
      after: (ms, call) => {
        this.#timers.add(call)
        if (ms <= SHORT_MS) setImmediate(() => this.#timers.delete(call) && call())
        return () => this.#timers.delete(call)
      },
    }
  }

  end(by: 'power' | 'kill'): void {
    if (this.state === 'ended') return
    this.state = 'ended'
    this.#end(by)
  }

  /** Resolves when an operation hangs. */
  hangs(): Promise<'hangs'> {
    return new Promise((resolve) => {
      this.#hangs = () => resolve('hangs')
    })
  }

  /** All timers go off. */
  letTimePass(): void {
    const timers = [...this.#timers]
    this.#timers.clear()
    for (const call of timers) call()
  }

  /** The operation that hangs goes on. */
  release(): void {
    this.#release?.()
    this.#release = null
  }

  async do<T>(operation: Operation, effect: Effect<T>): Promise<T> {
    if (this.state === 'ended') return never()
    const fault = this.computer.meet(operation)
    if (fault?.kind === 'hang') await this.#hang()
    try {
      return this.#perform(operation, effect, fault)
    } catch (error) {
      // An operation of a process that has just ended never returns.
      if (error === ENDED) return never()
      throw error
    }
  }

  /** The same for an operation whose caller waits. */
  doNow<T>(operation: Operation, effect: Effect<T>): T {
    if (this.state === 'ended') throw ENDED
    return this.#perform(operation, effect, this.computer.meet(operation))
  }

  #hang(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve
      this.#hangs?.()
    })
  }

  #perform<T>(operation: Operation, effect: Effect<T>, fault: Fault | null): T {
    if (this.state === 'ended') throw ENDED
    const { bytes, run } = effect
    switch (fault?.kind) {
      case 'power':
      case 'kill':
        return this.#stop(effect, fault)
      case 'error':
        if (fault.part !== 0) run(bytesOf(fault.part, bytes))
        throw systemError(fault.code, operation)
      case 'short': {
        const result = run(bytesOf(fault.part, bytes))
        effect.sync?.()
        return result
      }
      case 'failed sync':
        run(bytes)
        effect.failSync?.(fault.reached, this.computer.random)
        throw systemError(fault.code, operation)
      default: {
        const result = run(bytes)
        effect.sync?.()
        return result
      }
    }
  }

  #stop<T>(effect: Effect<T>, fault: Fault & { readonly kind: 'power' | 'kill' }): never {
    const { when } = fault
    if (when === 'after') {
      effect.run(effect.bytes)
      effect.sync?.()
    } else if (when !== 'before') {
      this.#tear(effect, when)
    }
    if (fault.kind === 'kill') this.end('kill')
    else this.computer.losePower(fault.survival)
    throw ENDED
  }

  #tear<T>({ bytes, run }: Effect<T>, part: Part): void {
    if (part !== 'all but the middle') {
      run(bytesOf(part, bytes))
      return
    }
    run(Math.floor(bytes / 3))
    run(bytes, Math.floor((bytes * 2) / 3))
  }
}

const ENDED = new Error('the process has ended')

const nothing = <T>(run: () => T): Effect<T> => ({ bytes: 0, run })

class ProcessFiles implements FileSystem {
  readonly #process: Process
  readonly #disk: Disk

  constructor(process: Process) {
    this.#process = process
    this.#disk = process.computer.disk
  }

  open(path: string, mode: OpenMode): Promise<OpenFile> {
    const found = this.#disk.find(path)
    const creates = !found && mode !== 'read' && mode !== 'change'
    const run = (): OpenFile => {
      if (mode === 'new' && found) throw systemError('EEXIST', path)
      const file = creates ? this.#disk.create(path) : this.#disk.file(path)
      if (mode === 'empty') file.change({ kind: 'truncate', bytes: 0 })
      this.#process.open_files += 1
      return new ProcessFile(this.#process, file, mode)
    }
    return this.#process.do(creates ? 'create' : 'open', nothing(run))
  }

  makeDirectory(path: string): Promise<void> {
    return this.#process.do(
      'make directory',
      nothing(() => this.#disk.makeDirectory(path)),
    )
  }

  syncDirectory(path: string): Promise<void> {
    return this.#process.do('sync directory', {
      bytes: 0,
      run: () => {},
      sync: () => this.#disk.directory(path).sync(),
    })
  }

  list(path: string): Promise<readonly Entry[]> {
    const run = (): readonly Entry[] =>
      [...this.#disk.directory(path).shown].map(([name, { kind }]) => ({ name, kind }))
    return this.#process.do('list', nothing(run))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#process.do(
      'rename',
      nothing(() => this.#disk.rename(from, to)),
    )
  }

  remove(path: string): Promise<void> {
    return this.#process.do(
      'remove',
      nothing(() => this.#disk.remove(path)),
    )
  }

  size(path: string): Promise<number> {
    return this.#process.do(
      'size',
      nothing(() => this.#disk.file(path).shown.length),
    )
  }

  freeBytes(): number {
    return this.#process.doNow(
      'free bytes',
      nothing(() => FREE_BYTES),
    )
  }
}

class ProcessFile implements OpenFile {
  readonly #process: Process
  readonly #file: DiskFile
  readonly #mode: OpenMode

  constructor(process: Process, file: DiskFile, mode: OpenMode) {
    this.#process = process
    this.#file = file
    this.#mode = mode
  }

  read(into: Buffer, byte: number): Promise<number> {
    const bytes = Math.max(0, Math.min(into.length, this.#file.shown.length - byte))
    // A short read says that there is more: only the file's end answers nothing.
    const run = (count: number): number =>
      this.#file.shown.copy(into, 0, byte, byte + Math.max(count, Math.min(bytes, 1)))
    return this.#process.do('read', { bytes, run })
  }

  write(bytes: Buffer, byte: number): Promise<number> {
    const operation = this.#mode === 'durable' ? 'durable write' : 'write'
    return this.#process.do(operation, this.#writing(bytes, byte))
  }

  writeNow(bytes: Buffer, byte: number): number {
    return this.#process.doNow('write now', this.#writing(bytes, byte))
  }

  truncate(bytes: number): Promise<void> {
    const run = (): void => this.#file.change({ kind: 'truncate', bytes })
    return this.#process.do('truncate', nothing(run))
  }

  sync(): Promise<void> {
    return this.#process.do('sync', { bytes: 0, run: () => {}, ...this.#syncing() })
  }

  size(): Promise<number> {
    return this.#process.do(
      'size',
      nothing(() => this.#file.shown.length),
    )
  }

  close(): Promise<void> {
    // Closed also when it fails, as the system has it.
    this.#process.open_files -= 1
    return this.#process.do(
      'close',
      nothing(() => {}),
    )
  }

  #writing(bytes: Buffer, byte: number): Effect<number> {
    const run = (count: number, from = 0): number => {
      const part = Buffer.from(bytes.subarray(from, count))
      if (part.length > 0) this.#file.change({ kind: 'write', byte: byte + from, bytes: part })
      return count
    }
    const effect = { bytes: bytes.length, run }
    return this.#mode === 'durable' ? { ...effect, ...this.#syncing() } : effect
  }

  #syncing(): Pick<Effect<never>, 'sync' | 'failSync'> & { sync(): void } {
    return {
      sync: () => this.#file.sync(),
      failSync: (reached, random) => this.#file.failSync(reached, random),
    }
  }
}
