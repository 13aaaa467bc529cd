/**
 * Sessions follow the batches: at once while little comes in, so that they are level with all else;
 * under load beside them, in a file of their own, so that no batch waits for a share of theirs, nor
 * for a checkpoint of what they have changed.
 */
import type { Group } from '../../plan/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Settings } from '../../std/settings.ts'
import type { Connection } from './database.ts'
import { type BatchContext, forgetBatches, type Position, undo } from './position.ts'
import { SessionPace } from './session_pace.ts'
import { readSessionPosition, SESSIONS_START, type SessionPosition } from './session_position.ts'
import { isLevel, settleShare } from './session_upkeep.ts'

/**
 * Before or beside what comes next: where somebody waits until all is in the tables, or while the
 * engine runs.
 */
export type Joining = 'before' | 'beside'

export interface SessionsOptions {
  readonly groups: readonly Group[]
  readonly settings: Pick<Settings, 'session_delay_ms' | 'batch_records_max'>
  readonly clock: Clock
  /** A share was taken beside the batches. */
  readonly onShare: () => void
}

/** What a share is taken of. */
export interface Stored {
  readonly context: BatchContext
  readonly position: Position
  /** Records that wait in the log. */
  readonly pending: number
}

export class Sessions {
  readonly #options: SessionsOptions
  #pace: SessionPace
  #connection: Connection | undefined
  #position: SessionPosition = SESSIONS_START
  #beside: Promise<void> | undefined
  #failure: { readonly thrown: unknown } | undefined
  #tried = 0

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#pace = new SessionPace(options.settings)
  }

  get position(): SessionPosition {
    return this.#position
  }

  /** About how many events the last share was of. */
  get tried(): number {
    return this.#tried
  }

  async opened(connection: Connection): Promise<void> {
    this.#connection = connection
    this.#failure = undefined
    this.#pace = new SessionPace(this.#options.settings)
    await this.reread()
  }

  /** Somebody else has moved them on. */
  async reread(): Promise<void> {
    if (this.#connection) this.#position = await readSessionPosition(this.#connection)
  }

  /** A batch wrote them too. */
  async broughtAlong(): Promise<void> {
    await this.reread()
    await this.#forget()
  }

  async #forget(): Promise<void> {
    if (this.#connection) {
      await forgetBatches(this.#connection, 'session_batches', this.#position.batch)
    }
  }

  /** Whether a share is being taken beside the batches. */
  get isBusy(): boolean {
    return this.#beside !== undefined
  }

  isLevelWith(position: Position): boolean {
    return isLevel(position, this.#position)
  }

  /** A batch of so many records was stored. */
  noteStored(records: number): void {
    this.#pace.noteStored(records)
  }

  /** Whether nobody should see a batch of so many records before sessions hold it too. */
  isDueWith(records: number, pending: number): boolean {
    const isFree = this.#beside === undefined && this.#position.round === null
    return isFree && this.#pace.isDueAtOnce(records, pending)
  }

  /** Whether a share is to be taken of what was stored without them. */
  isDue(pending: number): boolean {
    const round = this.#position.round === null ? 'none' : 'goes on'
    return this.#pace.isDue(this.#options.clock.now_ms(), pending, round)
  }

  /** Takes a share of what was stored without them: of at most so many events. */
  async take(stored: Stored, joining: Joining, most: number): Promise<'worked' | 'idle'> {
    if (this.isLevelWith(stored.position)) return 'idle'
    const { batch_records_max } = this.#options.settings
    // Where memory is short, or a full batch waits, one thing at a time is done sooner.
    const isAlone = most < batch_records_max || stored.pending >= batch_records_max
    if (joining === 'beside' && !isAlone) {
      this.#takeBeside(stored)
      return 'idle'
    }
    await this.ended()
    if (this.isLevelWith(stored.position)) return 'worked'
    await this.#share(stored, Math.min(most, this.#pace.eventsPerShare(stored.pending)))
    return 'worked'
  }

  /** Takes one meanwhile, if none is being taken; how that ended is thrown by `throwFailure`. */
  #takeBeside(stored: Stored): void {
    if (this.#beside) return
    this.#beside = this.#share(stored, this.#pace.events_beside)
      .then(this.#options.onShare)
      .catch((thrown: unknown) => {
        this.#failure = { thrown }
      })
      .finally(() => {
        this.#beside = undefined
      })
  }

  throwFailure(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.thrown
  }

  /** When nothing goes on beside. */
  async ended(): Promise<void> {
    await this.#beside
  }

  /** After a failure: they are what was committed. */
  async undo(): Promise<void> {
    await this.ended()
    this.#failure = undefined
    if (this.#connection) await undo(this.#connection)
    await this.reread()
  }

  async #share({ context, position }: Stored, most: number): Promise<void> {
    const { groups, clock } = this.#options
    if (!this.#connection) return
    const started_ms = clock.now_ms()
    const { round } = this.#position
    if (round === null) this.#pace.noteBegun()
    this.#tried = round ? Math.min(most, round.events / round.shares) : most
    const before = this.#position
    const next = await settleShare(this.#connection, context, position, before, groups, most)
    this.#position = next
    const now_ms = clock.now_ms()
    this.#pace.noteShare(now_ms, now_ms - started_ms, next.round === null)
    await this.#forget()
  }
}
