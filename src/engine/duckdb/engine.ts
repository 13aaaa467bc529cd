/**
 * The DuckDB engine: opens or rebuilds the store, then moves durable records into the tables, one
 * transaction a batch. One writer; everything it holds can be made anew from the log.
 */
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Offsets } from '../../log/contract.ts'
import { DiskReserve } from '../../log/files/disk_reserve.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Histogram } from '../../std/metrics.ts'
import { causeOf, tell } from '../../std/notices.ts'
import type { Engine, EngineProgress } from '../contract.ts'
import { isTogether } from './batch.ts'
import { BatchHealth } from './batch_health.ts'
import { pauseAfter } from './batch_pace.ts'
import { BatchSize } from './batch_size.ts'
import { type Batches, type Computer, LocalBatches } from './batches.ts'
import { Compactions } from './compact.ts'
import {
  type Connection,
  Database,
  isFatal,
  isShortage,
  removeStore,
  setAside,
} from './database.ts'
import type { DuckdbEngineOptions } from './engine_options.ts'
import { Unswept } from './erase.ts'
import { faultOfEventFiles, removeEventFiles, settleEventFiles } from './event_files.ts'
import { IdleCheckpoint } from './idle_checkpoint.ts'
import {
  type BatchContext,
  forgetBatches,
  type Position,
  pendingIn,
  readPosition,
  START,
  undone,
} from './position.ts'
import { Readers } from './readers.ts'
import { reconcile } from './rebuild.ts'
import { SessionPace } from './session_pace.ts'
import { isLevel, settleShare } from './session_upkeep.ts'
import { createStore, faultOf } from './store.ts'
import { watermarkOf } from './watermark.ts'

const RETRY_MS_MAX = 5_000

export class DuckdbEngine implements Engine {
  readonly #options: DuckdbEngineOptions
  readonly #file: string
  readonly #reserve: DiskReserve
  readonly #health: BatchHealth
  readonly #listeners = new Set<(batch: number) => void>()
  #database: Database | undefined
  #writer: Connection | undefined
  #readers: Readers | undefined
  #position: Position = START
  readonly #pace: SessionPace
  readonly #size: BatchSize
  /** About how many events are being joined; null while a batch takes what waits. */
  #tried: number | null = null
  #compactions: Compactions | undefined
  readonly #checkpoint = new IdleCheckpoint()
  readonly #unswept: Unswept
  readonly #batches: Batches
  #turn: Promise<unknown> = Promise.resolve()
  #status: Pick<EngineProgress, 'state' | 'visible_after_ms' | 'pending'> = {
    ...{ state: 'opening', visible_after_ms: 0, pending: 0 },
  }

  constructor(options: DuckdbEngineOptions) {
    this.#options = options
    this.#unswept = new Unswept(options.erasing)
    this.#batches = options.batches ?? new LocalBatches(options.log)
    this.#file = path.join(options.directory, 'clickpath.duckdb')
    const { directory, files, clock, say, settings } = options
    const { store_reserve_mb: reserve_mb } = settings
    this.#reserve = new DiskReserve({
      ...{ directory, clock, reserve_mb, setting: 'store_reserve_mb' },
      ...(files ? { files } : {}),
    })
    this.#pace = new SessionPace(settings)
    this.#size = new BatchSize(settings.batch_records_max)
    this.#health = new BatchHealth({ clock, say, slow_batch_ms: settings.slow_batch_ms })
  }

  get batch_durations(): Histogram {
    return this.#health.durations
  }

  get computer(): Computer {
    return this.#batches.computer
  }

  get store(): Readers {
    if (!this.#readers) throw new ClickpathError('BUSY', 'The store is being opened. Ask again.')
    return this.#readers
  }

  #context(): BatchContext {
    const { plan, clock, erasing } = this.#options
    const settings = { ...this.#options.settings, batch_records_max: this.#size.records }
    const settles = async ({ offsets }: Position, records: number) =>
      this.#pace.isDueWithin(records, await this.#pending(offsets))
    return { plan, settings, now_ms: clock.now_ms(), erased: erasing?.erased, settles }
  }

  async #connect(): Promise<Connection> {
    this.#database = await Database.open(this.#file, this.#options.settings)
    this.#writer = await this.#database.connect()
    return this.#writer
  }

  async #disconnect(): Promise<void> {
    await this.#readers?.close()
    this.#writer?.close()
    this.#database?.close()
    this.#readers = undefined
    this.#writer = undefined
    this.#database = undefined
  }

  async #openSound(): Promise<Connection> {
    const { log, archive, say } = this.#options
    let fault: string | null
    try {
      const writer = await this.#connect()
      fault = await faultOf(writer, await log.lanes())
      if (archive) fault ??= await faultOfEventFiles(writer, archive)
      fault ??= await this.#batches.fault(writer, await readPosition(writer))
      if (fault === 'empty') await createStore(writer)
      if (fault === null || fault === 'empty') return writer
    } catch (thrown) {
      if (thrown instanceof ClickpathError && thrown.code !== 'STORE_BROKEN') throw thrown
      const [detail] = thrown instanceof ClickpathError ? thrown.details : []
      fault = detail === undefined ? causeOf(thrown) : String(detail).replace(/\W+$/, '')
    }
    tell(say, 'STORE_REBUILT', fault)
    await this.#disconnect()
    await setAside(this.#file)
    const writer = await this.#connect()
    await createStore(writer)
    return writer
  }

  async open(): Promise<void> {
    const writer = await this.#openSound()
    if (this.#options.archive) await settleEventFiles(writer, this.#options.archive)
    this.#position = await readPosition(writer)
    await this.#unswept.read(writer)
    await this.#batches.opened(writer, this.#position)
    await this.#reconcile(new Set())
    this.#compactions = new Compactions(this.#options.plan.groups, this.#position.batch)
    this.#status = { ...this.#status, state: 'running' }
  }

  async #reconcile(again: ReadonlySet<string>): Promise<void> {
    const { prologue, settings, say } = this.#options
    if (!this.#writer || !this.#database) throw new ClickpathError('BUSY', 'The store is closed.')
    this.#status = { ...this.#status, state: 'rebuilding' }
    const empty = this.#position.offsets.size === 0
    const done = await this.#reconciled(this.#writer, again)
    this.#moveTo(done.position)
    if (!empty && done.built.length > 0) {
      const tables = done.built.flatMap((group) => group.tables)
      tell(say, 'TABLES_RECOMPUTED', tables.join(', '))
    }
    this.#readers ??= new Readers(this.#database, prologue, settings.readers_max)
    this.#readers.refresh()
    this.#status = { ...this.#status, state: 'running' }
  }

  async #reconciled(writer: Connection, again: ReadonlySet<string>) {
    for (;;) {
      this.#tried = this.#size.records
      try {
        return await reconcile(writer, this.#context(), this.#position, again)
      } catch (thrown) {
        if (!isShortage(thrown)) throw thrown
        await this.#takeFewer(thrown)
      }
    }
  }

  /** The writer does one thing at a time: a batch, a compaction or a rebuild. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined) // Whoever asked is told; the next in line is not.
    return result
  }

  /** Works on the writer's connection between batches: nothing else is written meanwhile. */
  alone<T>(work: (writer: Connection, position: Position) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      if (!this.#writer) throw new ClickpathError('BUSY', 'The store is not open.')
      return work(this.#writer, this.#position)
    })
  }

  /** The same while nobody reads. */
  aloneAndUnread<T>(work: (writer: Connection, position: Position) => Promise<T>): Promise<T> {
    return this.alone((writer, position) => this.store.quietly(() => work(writer, position)))
  }

  /** One batch; 'idle' when nothing was durable beyond the offsets. */
  async #step(): Promise<'worked' | 'idle'> {
    const { clock } = this.#options
    if (!this.#writer) throw new ClickpathError('BUSY', 'The store is not open.')
    const shortage = this.#reserve.shortage()
    if (shortage !== null && (await this.#pending(this.#position.offsets)) > 0) {
      throw new ClickpathError('STORE_FULL', shortage)
    }
    const started_ms = clock.now_ms()
    this.#tried = null
    const done = await this.#batches.next(this.#writer, this.#context(), this.#position)
    if (!done) return this.#settle()
    const stored = await readPosition(this.#writer)
    if (stored.batch !== done.position.batch) {
      throw new ClickpathError('BATCH_FAILED', `batch ${done.position.batch} did not commit`)
    }
    const took_ms = clock.now_ms() - started_ms
    this.#pace.noteStored(done.records)
    this.#moveTo(done.position, took_ms)
    this.#unswept.note(done.unswept)
    this.#health.noteDone(done, took_ms)
    this.#size.noteDone()
    const visible_after_ms = done.oldest_ms === null ? 0 : clock.now_ms() - done.oldest_ms
    this.#status = { ...this.#status, visible_after_ms }
    for (const listener of this.#listeners) listener(this.#position.batch)
    const pending = await this.#pending(this.#position.offsets)
    if (this.#position.round || this.#pace.isDue(clock.now_ms(), pending)) await this.#settle()
    return 'worked'
  }

  #moveTo(next: Position, took_ms = 0): void {
    const { round, settled } = this.#position
    this.#position = next
    if (next.round === round && next.settled === settled) return
    const share = { isFirst: round === null, isLast: next.round === null }
    this.#pace.noteShare(this.#options.clock.now_ms(), took_ms, share)
  }

  /** Sessions take in what was stored without them, or a share of it while records wait. */
  async #settle(): Promise<'worked' | 'idle'> {
    if (!this.#writer || isLevel(this.#position)) return 'idle'
    const { plan, clock } = this.#options
    const pending = () => this.#pending(this.#position.offsets)
    const most = Math.min(this.#pace.eventsPerShare(await pending()), this.#size.records)
    do {
      const started_ms = clock.now_ms()
      const context = this.#context()
      const { round } = this.#position
      this.#tried = round ? Math.min(most, round.events / round.shares) : most
      const next = await settleShare(this.#writer, context, this.#position, plan.groups, most)
      this.#moveTo(next, clock.now_ms() - started_ms)
    } while (this.#position.round !== null && (await pending()) === 0)
    for (const listener of this.#listeners) listener(this.#position.batch)
    return 'worked'
  }

  async #undo(): Promise<void> {
    if (!this.#writer) throw new ClickpathError('BUSY', 'The store is not open.')
    this.#position = await undone(this.#writer)
  }

  /** Fewer records are taken from now on, or what was thrown is thrown on. */
  async #takeFewer(thrown: unknown): Promise<'worked'> {
    await this.#undo()
    const { memory_limit_mb: most } = this.#options.settings
    if (!this.#size.halve(this.#tried ?? (await this.#pending(this.#position.offsets)))) {
      throw isShortage(thrown) ? new ClickpathError('MEMORY_SHORT', most) : thrown
    }
    tell(this.#options.say, 'BATCH_SPLIT', causeOf(thrown), this.#size.records)
    return 'worked'
  }

  async #recover(thrown: unknown): Promise<void> {
    this.#health.noteFailed(thrown)
    // What cannot be undone is opened anew: then it is as it was committed.
    const undoing = isFatal(thrown) ? Promise.reject(thrown) : this.#undo()
    await undoing.catch(() => this.#disconnect().then(() => this.open()))
  }

  async catchUp(signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted && (await this.#alone(() => this.#work())) === 'worked');
  }

  /** A batch and, now and then, what keeps the store small. */
  async #work(): Promise<'worked' | 'idle'> {
    const step = await this.#step().catch((thrown) => {
      if (isShortage(thrown) || isTogether(thrown)) return this.#takeFewer(thrown)
      throw thrown
    })
    if (!this.#writer) return step
    await this.#unswept.sweepAfter(step, this.#writer)
    const now_ms = this.#options.clock.now_ms()
    if (step === 'idle') {
      await this.#checkpoint.whenDue(this.#writer, now_ms)
      return step
    }
    this.#checkpoint.noteWorked(now_ms)
    const { batch } = this.#position
    await this.#compactions?.afterBatch(this.#writer, batch)
    await forgetBatches(this.#writer, batch)
    await this.#batches.tidy((work) => this.store.quietly(work))
    return step
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock } = this.#options
    let retry_ms = settings.batch_interval_ms
    signal.addEventListener('abort', () => this.#batches.interrupt(), { once: true })
    while (!signal.aborted) {
      const started_ms = clock.now_ms()
      try {
        await this.#alone(() => this.#work())
        retry_ms = settings.batch_interval_ms
      } catch (thrown) {
        await this.#recover(thrown)
        retry_ms = Math.min(retry_ms * 2, RETRY_MS_MAX)
      }
      await this.#pause(retry_ms, clock.now_ms() - started_ms, signal)
    }
  }

  async #pause(interval_ms: number, worked_ms: number, signal: AbortSignal): Promise<void> {
    const pending = await this.#pending(this.#position.offsets)
    this.#status = { ...this.#status, pending }
    const { batch_records_max } = this.#options.settings
    const questions_ms = this.#readers?.takeLasted_ms() ?? 0
    const pace = { worked_ms, interval_ms, pending, batch_records_max, questions_ms }
    const pause_ms = pauseAfter(pace)
    if (pause_ms <= 0) return
    await sleep(pause_ms, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
  }

  #pending(offsets: Offsets): Promise<number> {
    return pendingIn(this.#options.log, offsets)
  }

  progress(): EngineProgress {
    const { settings } = this.#options
    return {
      ...this.#status,
      ...this.#health.told,
      batch: this.#position.batch,
      offsets: this.#position.offsets,
      watermark: watermarkOf(this.#position.sources, settings),
    }
  }

  async rebuild(table?: string): Promise<void> {
    const { plan } = this.#options
    if (table === undefined) return this.#alone(() => this.#rebuildAll())
    const planned = plan.tables.get(table)
    if (!planned) {
      throw new ClickpathError('UNKNOWN_TABLE', table, [...plan.tables.keys()].join(', '))
    }
    await this.#alone(() => this.#reconcile(new Set([planned.group.id])))
  }

  async #rebuildAll(): Promise<void> {
    tell(this.#options.say, 'STORE_REBUILDING')
    this.#status = { ...this.#status, state: 'rebuilding' }
    await this.#disconnect()
    await setAside(this.#file)
    await this.open()
    while ((await this.#work()) === 'worked');
  }

  /**
   * Lets `work` change the log while nothing here reads it, then leaves nothing of the store, and
   * calls `gone` when that is so. The tables fill again from the log, as after any start.
   */
  renew(work: () => Promise<void>, gone: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      await work()
      this.#status = { ...this.#status, state: 'rebuilding' }
      // Whoever waits until all is in the tables waits for the new ones.
      this.#position = START
      await this.#disconnect()
      await removeStore(this.#file)
      await removeEventFiles(this.#options.archive)
      await gone()
      await this.open()
    })
  }

  onCommit(listener: (batch: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#writer?.run('CHECKPOINT').catch(() => undefined) // It only saves time.
    await this.#batches.close()
    await this.#disconnect()
  }
}
