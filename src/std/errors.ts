/**
 * Errors: one table. A code is never reused; the sentence says what happened, why and what to do.
 * `%s` are filled in order. `status` is what HTTP answers, `retry` what a caller may do.
 */
export type Retry = 'never' | 'after-backoff'

export const ERRORS = {
  LOG_FULL: [
    503,
    'after-backoff',
    'The log cannot take more now: %s. Nothing was accepted; send it again later.',
  ],
  LOG_FAILED: [
    503,
    'after-backoff',
    'Writing the log failed: %s. The process ends and recovers at its next start.',
  ],
  LOG_SLOW: [
    503,
    'after-backoff',
    'The log has not answered for %s ms, so what you sent may be kept or not. Send it again with the same ids: nothing is counted twice.',
  ],
  LOG_CORRUPT: [
    500,
    'never',
    'Lane %s, segment %s is damaged at position %s: %s. Restore the file from a backup, or give up what is damaged with `clickpath doctor --skip-damaged`.',
  ],
  LOG_GONE: [
    500,
    'never',
    'Lane %s of topic %s has no record at position %s: %s. Restore the topic, or give up what is gone with `clickpath doctor --skip-damaged`.',
  ],
  KAFKA_AWAY: [
    503,
    'after-backoff',
    'Kafka at %s does not answer: %s. Start it, or look whether its address is right and can be reached; what waits goes on by itself.',
  ],
  KAFKA_REFUSED: [
    500,
    'never',
    'Kafka refused something that has to do with the topic %s (%s): %s. Look at the log of the broker, and at what this client may do.',
  ],
  KAFKA_TOPIC: [500, 'never', 'The topic %s cannot be used: %s.'],
  FILES_ONLY: [
    400,
    'never',
    '%s is for a log of files; the log of this data folder is the topic %s. %s',
  ],
  DUCKDB_ONLY: [
    400,
    'never',
    '%s is for the engine duckdb; the tables of this data folder are computed on Spark (%s). %s',
  ],
  SPARK_AWAY: [
    503,
    'after-backoff',
    'Spark at %s does not answer: %s. Start it, or look whether its address is right; events are taken meanwhile, and the tables go on by themselves.',
  ],
  SPARK_FAILED: [
    500,
    'after-backoff',
    'Spark at %s could not compute a batch: %s. It is tried again, and nothing is lost; if it goes on, look at the log of its server.',
  ],
  SPARK_UNFIT: [500, 'never', 'Spark at %s cannot be used: %s.'],
  LANE_LOCKED: [
    409,
    'never',
    'Lane %s is being written by process %s. Stop it, or use another --data folder.',
  ],
  STORE_LOCKED: [
    409,
    'never',
    'The database in %s is in use by another process: %s. Ask through the running server, or stop it.',
  ],
  STORE_BROKEN: [
    500,
    'never',
    'The database cannot be used: %s. It is only a cache of the log: `clickpath rebuild` makes it anew.',
  ],
  STORE_FULL: [
    503,
    'after-backoff',
    'The tables do not grow now: %s. Events are taken and kept meanwhile, and the tables catch up by themselves once there is room: free some disk, or archive more (`clickpath archive --before DATE`).',
  ],
  BATCH_FAILED: [500, 'after-backoff', 'A batch failed and was rolled back: %s.'],
  MEMORY_SHORT: [
    500,
    'after-backoff',
    'The tables do not grow now: even a small batch needs more than memory_limit_mb (%s). Nothing is lost, and they catch up by themselves with more of it: set memory_limit_mb higher and start again.',
  ],
  UNKNOWN_TABLE: [404, 'never', 'There is no table %s. Tables: %s.'],
  UNKNOWN_CUSTOMER: [
    404,
    'never',
    'No event until %s is of a customer %s: no person, visitor or user id is called so. Find them with `clickpath customers --search TEXT`.',
  ],
  BAD_REQUEST: [400, 'never', '%s'],
  BODY_TOO_LARGE: [400, 'never', 'The body is larger than %s bytes. Send smaller batches.'],
  BODY_UNREADABLE: [400, 'never', 'The body cannot be read: %s.'],
  KEYS_UNREADABLE: [
    500,
    'never',
    'The write keys in %s cannot be read: %s. Mend the file, or delete it: a new key is made.',
  ],
  UNKNOWN_PATH: [404, 'never', 'There is nothing at %s. Nearest: %s.'],
  PAGE_NOT_BUILT: [
    503,
    'never',
    'The page is not built; the API works all the same. Run `npm run build` in the folder of Clickpath, then load this again.',
  ],
  UNKNOWN_TOKEN: [
    401,
    'never',
    'The token is missing, unknown, or may not do this. Send one of kind %s as `Authorization: Bearer TOKEN`.',
  ],
  TOKENS_UNREADABLE: [
    500,
    'never',
    'The tokens in %s cannot be read: %s. Mend the file, or delete it: new tokens are made.',
  ],
  ERASURE_KEY_LOST: [
    500,
    'never',
    'The key %s of the erasures is missing; without it people who were erased could come back. Put it back from a backup; or give up the marks of all of them: remove the folders erasures and log/erasures.',
  ],
  UNKNOWN_ERASURE: [404, 'never', 'There is no erasure %s. GET /api/erasures lists them.'],
  UNSUPPORTED_TYPE: [
    415,
    'never',
    'Nothing is read from a body of type %s without CloudEvents headers. Send application/cloudevents+json, application/cloudevents-batch+json, or the headers ce-id, ce-source, ce-type and ce-specversion.',
  ],
  UNKNOWN_SCHEMA: [404, 'never', 'There is no schema %s. GET /schemas lists them.'],
  UNKNOWN_KEY: [
    401,
    'never',
    'The write key is missing or unknown. Send it as `Authorization: Bearer KEY`; see `clickpath status`.',
  ],
  FORBIDDEN: [403, 'never', '%s'],
  RATE_LIMITED: [
    429,
    'after-backoff',
    'More than %s events a second from this key. Send it again after %s s.',
  ],
  SQL_REFUSED: [400, 'never', 'This query was not run: %s.'],
  SQL_STOPPED: [400, 'never', 'The query was stopped: %s. Ask for less, or for a shorter time.'],
  QUERY_STUCK: [
    500,
    'never',
    'A query used up its time or memory and cannot be interrupted, so the process ends and is started again; nothing is lost. Find the query in the log of whoever asked it.',
  ],
  BUSY: [503, 'after-backoff', '%s'],
  SETTINGS_INVALID: [500, 'never', 'The settings have mistakes:\n%s'],
  CONFIG_INVALID: [500, 'never', 'The config file %s cannot be used: %s.'],
  ALREADY_RUNNING: [
    409,
    'never',
    'The data folder %s is in use by `clickpath %s` (process %s)%s. Use that one, stop it, or choose another --data folder.',
  ],
  LISTEN_FAILED: [409, 'never', 'Cannot listen on %s, port %s: %s.'],
  FILE_UNREADABLE: [400, 'never', 'The file %s cannot be imported: %s.'],
  MAPPING_INVALID: [400, 'never', 'The mapping cannot be used (%s):\n%s'],
  FILE_UNWRITABLE: [400, 'never', 'The file %s cannot be written: %s.'],
  COLLECTOR_REFUSED: [
    400,
    'never',
    'The collector at %s answered %s and will go on doing so: %s. Check --url and --key.',
  ],
  USAGE: [400, 'never', '%s'],
  INTERNAL: [500, 'never', 'Something went wrong that should not: %s'],
} as const satisfies Record<string, readonly [number, Retry, string]>

export type ErrorCode = keyof typeof ERRORS

export class ClickpathError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly retry: Retry
  /** What stands in the places of the sentence. */
  readonly details: readonly (string | number)[]

  constructor(code: ErrorCode, ...details: readonly (string | number)[]) {
    const [status, retry, sentence] = ERRORS[code]
    let next = 0
    super(sentence.replace(/%s/g, () => String(details[next++] ?? '?')))
    this.name = 'ClickpathError'
    this.code = code
    this.status = status
    this.retry = retry
    this.details = details
  }

  /** An error that another process answered with: its code, its words. */
  static told(code: ErrorCode, message: string): ClickpathError {
    const error = new ClickpathError(Object.hasOwn(ERRORS, code) ? code : 'INTERNAL', message)
    error.message = message
    return error
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
