/** A question in SQL, asked as it may be: checked, within its time, cut at its rows. */
import type { Row } from '../engine/contract.ts'
import type { Readers } from '../engine/duckdb/readers.ts'
import type { AnswerType } from '../model/measure.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'
import { guardSql } from './sql_guard.ts'
import { readDrawing, SqlRefusal } from './sql_place.ts'
import { typeWord } from './type_word.ts'

/** What the answer may hold; JSON of it is a few times as large while it is sent. */
const ANSWER_BYTES_MAX = 64_000_000

/** Of what runs, before the query's own text. */
const LINES_BEFORE = 1

type QuerySettings = Pick<Settings, 'query_ms_max' | 'query_rows_max' | 'memory_limit_mb'>

export interface QueryAnswer {
  /** In their order, with the words that /api/tables has for types. */
  readonly columns: readonly { readonly name: string; readonly type: AnswerType }[]
  readonly rows: readonly Row[]
  /** More rows would have come than may be given. */
  readonly truncated: boolean
}

/** A query's own mistake (a column that is not there) is the caller's, not ours. */
function asRefusal(thrown: unknown, sql: string): unknown {
  // Tricky: DuckDB's mistakes are of the class Error itself; all other classes are ours.
  if (!(thrown instanceof Error) || thrown.constructor !== Error) return thrown
  const message = messageOf(thrown)
  if (/^Out of Memory/.test(message))
    return new ClickpathError('SQL_STOPPED', 'it needs too much memory')
  if (/^(FATAL|INTERNAL)/.test(message)) return thrown
  const { reason, position } = readDrawing(message, sql, LINES_BEFORE)
  return new SqlRefusal(reason, position)
}

/**
 * Throws `SQL_REFUSED` for what is not allowed, `SQL_STOPPED` for what takes too much time, memory
 * or room. `onStuck` is told of a query that cannot be stopped.
 */
export async function querySql(
  store: Pick<Readers, 'rows' | 'answer'>,
  names: readonly string[],
  { query_ms_max, query_rows_max, memory_limit_mb }: QuerySettings,
  sql: string,
  params: readonly unknown[] = [],
  onStuck?: (error: Error) => void,
): Promise<QueryAnswer> {
  try {
    const checked = await guardSql(store, sql, names)
    // Tricky: on lines of its own, so that a comment at its end does not swallow the bracket.
    const limited = `SELECT * FROM (\n${checked}\n) LIMIT ${query_rows_max + 1}`
    const { columns, rows } = await store.answer(limited, params, {
      query_ms: query_ms_max,
      answer_bytes_max: ANSWER_BYTES_MAX,
      // What DuckDB counts, and as much again for what it does not.
      memory_mb: 2 * memory_limit_mb,
      ...(onStuck ? { onStuck } : {}),
    })
    const truncated = rows.length > query_rows_max
    return {
      columns: columns.map(({ name, type }) => ({ name, type: typeWord(type) })),
      rows: truncated ? rows.slice(0, query_rows_max) : rows,
      truncated,
    }
  } catch (thrown) {
    throw asRefusal(thrown, sql)
  }
}
