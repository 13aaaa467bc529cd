/**
 * The DuckDB engine: opens or rebuilds the store, then moves durable records into the tables, one
 * transaction a batch. One writer; everything it holds can be made anew from the log.
 */
import type { Offsets } from '../../log/contract.ts'
import { DiskReserve } from '../../log/files/disk_reserve.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Histogram } from '../../std/metrics.ts'
import { causeOf, tell } from '../../std/notices.ts'
import type { Engine, EngineProgress } from '../contract.ts'
import { filesIn, type StoreFiles } from '../place.ts'
import { isTogether } from './batch.ts'
import { BatchHealth } from './batch_health.ts'
import { pauseAfter } from './batch_pace.ts'
import { BatchSize } from './batch_size.ts'
import { type Batches, type Computer, LocalBatches } from './batches.ts'
import { Checkpoints, checkpoint } from './checkpoints.ts'
import { Compactions } from './compact.ts'
import { isFatal, isShortage, removeStore, setAside } from './database.ts'
import type { AloneWork, DuckdbEngineOptions } from './engine_options.ts'
import { Unswept } from './erase.ts'
import { removeEventFiles } from './event_files.ts'
import { closeStore, type OpenStore, openStore } from './open_store.ts'
import {
  type BatchContext,
  forgetBatches,
  type Position,
  pendingIn,
  readPosition,
  START,
  undo,
} from './position.ts'
import { Readers } from './readers.ts'
import { reconcile } from './rebuild.ts'
import { type Joining, Sessions, type Stored } from './sessions.ts'
import { watermarkOf } from './watermark.ts'

const RETRY_MS_MAX = 5_000

export class DuckdbEngine implements Engine {
  readonly #options: DuckdbEngineOptions
  readonly #files: StoreFiles
  readonly #reserve: DiskReserve
  readonly #health: BatchHealth
  readonly #listeners = new Set<(batch: number) => void>()
  #open: OpenStore | undefined
  #readers: Readers | undefined
  #position: Position = START
  readonly #sessions: Sessions
  readonly #size: BatchSize
  /** About how many events are being joined; null while a batch takes what waits. */
  #tried: number | null = null
  #compactions: Compactions | undefined
  readonly #checkpoints: Checkpoints
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
    const { directory, files, clock, say, settings, plan } = options
    this.#files = filesIn(directory, this.#batches.sessions)
    this.#checkpoints = new Checkpoints(this.#files.store)
    const { store_reserve_mb: reserve_mb } = settings
    this.#reserve = new DiskReserve({
      ...{ directory, clock, reserve_mb, setting: 'store_reserve_mb' },
      ...(files ? { files } : {}),
    })
    const onShare = () => this.#tellListeners()
    this.#sessions = new Sessions({ groups: plan.groups, settings, clock, onShare })
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
    return { plan, settings, now_ms: clock.now_ms(), erased: erasing?.erased }
  }

  #opened(): OpenStore {
    if (!this.#open) throw new ClickpathError('BUSY', 'The store is not open.')
    return this.#open
  }

  async #disconnect(): Promise<void> {
    await this.#sessions.ended()
    await this.#readers?.close()
    if (this.#open) closeStore(this.#open)
    this.#readers = undefined
    this.#open = undefined
  }

  async open(): Promise<void> {
    this.#open = await openStore(this.#files, this.#options, this.#batches)
    const { writer, joiner } = this.#open
    this.#position = await readPosition(writer)
    await this.#sessions.opened(joiner)
    await this.#unswept.read(writer)
    await this.#batches.opened(writer, this.#position)
    await this.#reconcile(new Set())
    this.#compactions = new Compactions(this.#options.plan.groups, this.#position.batch)
    this.#status = { ...this.#status, state: 'running' }
  }

  async #reconcile(again: ReadonlySet<string>): Promise<void> {
    const { prologue, settings, say } = this.#options
    const open = this.#opened()
    this.#status = { ...this.#status, state: 'rebuilding' }
    const empty = this.#position.offsets.size === 0
    const done = await this.#reconciled(open, again)
    this.#position = done.position
    await this.#sessions.reread()
    if (!empty && done.built.length > 0) {
      const tables = done.built.flatMap((group) => group.tables)
      tell(say, 'TABLES_RECOMPUTED', tables.join(', '))
    }
    this.#readers ??= new Readers(open.database, prologue, settings.readers_max)
    this.#readers.refresh()
    this.#status = { ...this.#status, state: 'running' }
  }

  async #reconciled(open: OpenStore, again: ReadonlySet<string>) {
    for (;;) {
      this.#tried = this.#size.records
      try {
        const before = { position: this.#position, sessions: this.#sessions.position }
        return await reconcile(open, this.#context(), before, again)
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
  alone<T>(work: AloneWork<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#sessions.ended()
      return work(this.#opened().writer, this.#position, this.#sessions.position)
    })
  }

  /** The same while nobody reads. */
  aloneAndUnread<T>(work: AloneWork<T>): Promise<T> {
    return this.alone((...given) => this.store.quietly(() => work(...given)))
  }

  /** One batch; 'idle' when nothing was durable beyond the offsets, nor is there for us to join. */
  async #step(joining: Joining): Promise<'worked' | 'idle'> {
    const { clock } = this.#options
    const { writer } = this.#opened()
    this.#tried = this.#sessions.tried
    this.#sessions.throwFailure()
    const shortage = this.#reserve.shortage()
    if (shortage !== null && (await this.#pending(this.#position.offsets)) > 0) {
      throw new ClickpathError('STORE_FULL', shortage)
    }
    const started_ms = clock.now_ms()
    this.#tried = null
    const done = await this.#batches.next(writer, this.#context(), this.#position)
    if (!done) return this.#join(joining, await this.#pending(this.#position.offsets))
    const { position, records, unswept, oldest_ms } = done
    const stored = await readPosition(writer)
    if (stored.batch !== position.batch) {
      throw new ClickpathError('BATCH_FAILED', `batch ${position.batch} did not commit`)
    }
    this.#unswept.note(unswept)
    const pending = await this.#noteStored(position, records)
    this.#position = position
    this.#health.noteDone(done, clock.now_ms() - started_ms)
    this.#size.noteDone()
    const visible_after_ms = oldest_ms === null ? 0 : clock.now_ms() - oldest_ms
    this.#status = { ...this.#status, visible_after_ms }
    this.#tellListeners()
    if (this.#sessions.isDue(pending)) await this.#join(joining, pending)
    return 'worked'
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener(this.#position.batch)
  }

  /** At rest nobody sees a batch before sessions hold it too. Answers how many records wait. */
  async #noteStored(position: Position, records: number): Promise<number> {
    const pending = await this.#pending(position.offsets)
    if (this.#batches.sessions === 'within') await this.#sessions.broughtAlong()
    else if (this.#sessions.isDueWith(records, pending)) {
      await this.#take({ context: this.#context(), position, pending }, 'before')
    } else this.#sessions.noteStored(records)
    return pending
  }

  /** Sessions take in a share of what was stored without them. */
  async #join(joining: Joining, pending: number): Promise<'worked' | 'idle'> {
    const stored = { context: this.#context(), position: this.#position, pending }
    const done = await this.#take(stored, joining)
    if (done === 'worked') this.#tellListeners()
    return done
  }

  async #take(stored: Stored, joining: Joining): Promise<'worked' | 'idle'> {
    try {
      return await this.#sessions.take(stored, joining, this.#size.records)
    } finally {
      this.#tried = this.#sessions.tried
    }
  }

  async #undo(): Promise<void> {
    const { writer } = this.#opened()
    await this.#sessions.undo()
    await undo(writer)
    this.#position = await readPosition(writer)
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

  /** Within the same turn: what we know is what was committed, before anybody else works. */
  async #restore(thrown: unknown): Promise<void> {
    // What cannot be undone is opened anew: then it is as it was committed.
    const undoing = isFatal(thrown) ? Promise.reject(thrown) : this.#undo()
    await undoing.catch(() => this.#disconnect().then(() => this.open()))
  }

  async #orRestored<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      await this.#restore(thrown).catch(() => undefined) // The first failure says more.
      throw thrown
    }
  }

  async catchUp(signal?: AbortSignal): Promise<void> {
    const work = () => this.#orRestored(() => this.#work('before'))
    while (!signal?.aborted && (await this.#alone(work)) === 'worked');
  }

  /** A batch and, now and then, what keeps the store small. */
  async #work(joining: Joining): Promise<'worked' | 'idle'> {
    const step = await this.#step(joining).catch((thrown) => {
      if (isShortage(thrown) || isTogether(thrown)) return this.#takeFewer(thrown)
      throw thrown
    })
    const { writer, joiner } = this.#opened()
    await this.#unswept.sweepAfter(step, writer)
    const now_ms = this.#options.clock.now_ms()
    if (step === 'idle') {
      if (this.#sessions.isLevelWith(this.#position)) {
        await this.#checkpoints.whenIdle(new Set([writer, joiner]), now_ms)
      }
      return step
    }
    await this.#checkpoints.afterWork(writer, now_ms)
    const { batch } = this.#position
    // Both at once would hold up the next batch for longer than one after the other.
    if (!this.#sessions.isBusy) await this.#compactions?.afterBatch(writer, batch)
    await forgetBatches(writer, 'batches', batch)
    await this.#batches.tidy((work) => this.store.quietly(work))
    return step
  }

  async #workOrRecover(): Promise<'worked' | 'idle' | 'failed'> {
    try {
      return await this.#work('beside')
    } catch (thrown) {
      this.#health.noteFailed(thrown)
      await this.#restore(thrown)
      return 'failed'
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock } = this.#options
    let retry_ms = settings.batch_interval_ms
    signal.addEventListener('abort', () => this.#batches.interrupt(), { once: true })
    while (!signal.aborted) {
      const started_ms = clock.now_ms()
      const done = await this.#alone(() => this.#workOrRecover())
      if (done === 'failed') retry_ms = Math.min(retry_ms * 2, RETRY_MS_MAX)
      else retry_ms = settings.batch_interval_ms
      await this.#pause(retry_ms, clock.now_ms() - started_ms, signal)
    }
  }

  async #pause(interval_ms: number, worked_ms: number, signal: AbortSignal): Promise<void> {
    const pending = await this.#pending(this.#position.offsets)
    this.#status = { ...this.#status, pending }
    const { batch_records_max } = this.#options.settings
    const questions_ms = this.#readers?.takeLasted_ms() ?? 0
    const pace = { worked_ms, interval_ms, pending, batch_records_max, questions_ms }
    await pauseAfter(pace, signal)
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
    if (table === undefined) return this.#alone(() => this.#orRestored(() => this.#rebuildAll()))
    const planned = plan.tables.get(table)
    if (!planned) {
      throw new ClickpathError('UNKNOWN_TABLE', table, [...plan.tables.keys()].join(', '))
    }
    const again = new Set([planned.group.id])
    await this.alone(() => this.#orRestored(() => this.#reconcile(again)))
  }

  async #rebuildAll(): Promise<void> {
    tell(this.#options.say, 'STORE_REBUILDING')
    this.#status = { ...this.#status, state: 'rebuilding' }
    await this.#disconnect()
    await setAside(this.#files)
    await this.open()
    while ((await this.#work('before')) === 'worked');
  }

  /**
   * Lets `work` change the log while nothing here reads it, then leaves nothing of the store, and
   * calls `gone` when that is so. The tables fill again from the log, as after any start.
   */
  renew(work: () => Promise<void>, gone: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      await this.#sessions.ended()
      await work()
      this.#status = { ...this.#status, state: 'rebuilding' }
      // Whoever waits until all is in the tables waits for the new ones.
      this.#position = START
      await this.#disconnect()
      await removeStore(this.#files)
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
    await this.#sessions.ended()
    // It only saves time.
    if (this.#open) await checkpoint(new Set([this.#open.writer, this.#open.joiner]))
    await this.#batches.close()
    await this.#disconnect()
  }
}
