/** What the DuckDB engine is made of. */
import type { Log } from '../../log/contract.ts'
import type { FileSystem } from '../../log/files/file_system.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Say } from '../../std/notices.ts'
import type { Settings } from '../../std/settings.ts'
import type { Batches } from './batches.ts'
import type { Connection } from './database.ts'
import type { Erasing } from './erase.ts'
import type { Position } from './position.ts'
import type { SessionPosition } from './session_position.ts'

/** What is done between batches, on the writer's connection. */
export type AloneWork<T> = (
  writer: Connection,
  position: Position,
  sessions: SessionPosition,
) => Promise<T>

export interface DuckdbEngineOptions {
  /** The folder that holds the store. */
  readonly directory: string
  /** The folder of stored events that were archived; none are where it is not said. */
  readonly archive?: string
  readonly log: Log
  /** Where batches are computed; here where nothing is said. */
  readonly batches?: Batches
  readonly plan: Plan
  readonly settings: Settings
  readonly clock: Clock
  /** What a reading connection runs first: the views of `present`. */
  readonly prologue: () => readonly string[]
  /** Told of what an operator should know: rebuilds, refusals, failures. */
  readonly say: Say
  /** Whom to leave out; nobody where it is absent. */
  readonly erasing?: Erasing
  /** Asked how much the disk has left; the real ones where nothing is said. */
  readonly files?: Pick<FileSystem, 'freeBytes'>
}
