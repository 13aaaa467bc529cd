/**
 * What the processes tell of themselves: one table, as of errors. A code is never reused; the
 * sentence says what happened and what to do about it. `%s` are filled in order, and never with
 * what an event holds. A warning mends itself; an error needs somebody.
 */
import { ClickpathError, messageOf } from './errors.ts'
import { impersonal } from './impersonal.ts'
import type { Logger } from './logger.ts'

type Level = 'info' | 'warn' | 'error' | 'fatal'

export const NOTICES = {
  CHILD_LOST: [
    'error',
    'Child process `%s` %s after %s ms; it is started again in %s ms and nothing is lost. Its lines before this one say why; if it happens again and again, run `clickpath doctor`.',
  ],
  CHILD_HOPELESS: [
    'error',
    'Child process `%s` %s; starting it again cannot help. Mend what its lines before this one say, then start again.',
  ],
  CHILD_UNREACHABLE: [
    'warn',
    'Child process `%s` could not be started or told something: %s. It is started again when it is gone.',
  ],
  CANNOT_GO_ON: [
    'fatal',
    'This process cannot go on and ends: %s. Under `clickpath up` it is started again at once.',
  ],
  STORE_REBUILT: [
    'warn',
    'The database is built anew from the log: %s. Nothing is lost; answers are incomplete until `clickpath status` shows no pending records. The old one is kept as clickpath.duckdb.broken.',
  ],
  STORE_REBUILDING: ['info', 'The whole database is built anew from the log, as was asked.'],
  TABLES_RECOMPUTED: ['info', 'Recomputed from the stored events: %s.'],
  BATCH_RETRIED: [
    'warn',
    'A batch failed, was rolled back and is tried again: %s. Nothing is lost; if this goes on, `clickpath doctor` names the cause.',
  ],
  BATCH_SPLIT: [
    'info',
    'A batch was rolled back: %s. At most %s records are taken at once from now on, later more again. Nothing is lost.',
  ],
  BATCH_SLOW: [
    'warn',
    'Batch %s took %s s for %s records, more than slow_batch_ms. If records wait all the time (`clickpath status`), give it more memory_limit_mb, threads or a faster disk.',
  ],
  STORE_WAITS: ['error', '%s'],
  STOPPED_BEHIND: [
    'warn',
    'The tables are behind the log where they stop: %s. Nothing is lost; the next start goes on from there.',
  ],
  ARCHIVE_FAILED: [
    'warn',
    'Nothing could be moved to the archive: %s. Nothing is lost; it is tried again in a while, and `clickpath archive` tries it now.',
  ],
  LOG_DAMAGED: [
    'error',
    'The log is damaged; what comes after that waits, and other lanes go on: %s.',
  ],
  RECORDS_LOST: [
    'error',
    '%s records were lost to damage and given up, and are passed over now. The ledger counts them as lost_to_damage; a backup of their segment brings them back, see docs/operations.md.',
  ],
  RECORD_REFUSED: [
    'warn',
    'Record %s of batch %s could not be computed with and is kept as invalid. Look at it with `clickpath query "FROM invalid_events WHERE reason = \'engine_refused\'"`.',
  ],
  LOG_REFUSES: [
    'error',
    'Events are answered 503 from now on: %s. Nothing acknowledged is lost and senders come again; free some disk, or lower log_reserve_mb, or look what slows the disk, or Kafka.',
  ],
  LOG_TAKES: ['info', 'Events are taken again, after %s s.'],
  SOURCE_WAITS: [
    'warn',
    'The topic %s is not read now: %s. It is tried again every second, and goes on where it was.',
  ],
  ERASURE_UNFINISHED: [
    'error',
    'People who were erased could not be taken out of all files yet: %s. None of the tables holds them; it is tried again by itself, and `GET /api/erasures` tells when it is done.',
  ],
  ERASURE_DONE: ['info', 'Erasure %s is done: %s records in %s segments of the log.'],
  TOKENS_MADE: ['warn', '%s'],
  LIVE_FAILED: ['warn', 'The live stream could not be told its changes and is tried again: %s.'],
  REQUEST_FAILED: [
    'error',
    'A request failed that should not have: %s %s: %s. The process goes on; tell us of it, with these lines.',
  ],
} as const satisfies Record<string, readonly [Level, string]>

export type NoticeCode = keyof typeof NOTICES

export interface Notice {
  readonly code: NoticeCode
  readonly level: Level
}

/** Told of something by its sentence, with the code and the level it has. */
export type Say = (sentence: string, notice: Notice) => void

/** Says what a code means, with its details filled in. */
export function tell(say: Say, code: NoticeCode, ...details: readonly (string | number)[]): void {
  const [level, sentence] = NOTICES[code]
  let next = 0
  say(
    sentence.replace(/%s/g, () => String(details[next++] ?? '?')),
    { code, level },
  )
}

/** `err` is what was thrown, for its stack. */
export function sayTo(logger: Logger, err?: unknown): Say {
  const more = err === undefined ? {} : { err }
  return (sentence, { code, level }) => logger[level]({ code, ...more }, sentence)
}

/** What was thrown, as a detail of a notice: our own words, or others' without what is quoted. */
export function causeOf(thrown: unknown): string {
  const message = messageOf(thrown)
  return (thrown instanceof ClickpathError ? message : impersonal(message)).replace(/\.$/, '')
}
