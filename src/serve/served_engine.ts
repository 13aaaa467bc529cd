/** The engine as serving needs it: one whose store can be told how long a query may run. */
import type { Engine, Row } from '../engine/contract.ts'
import type { Computer } from '../engine/duckdb/batches.ts'
import type { SqlAnswer } from '../engine/duckdb/database.ts'
import type { QueryLimits } from '../engine/duckdb/query_watch.ts'

export interface LimitedStore {
  /** Connections that answer now, and queries that wait for one. */
  readonly use: { readonly busy: number; readonly waiting: number }
  /** Throws SQL_STOPPED when the query runs longer than its limit. */
  rows(sql: string, params?: readonly unknown[], limits?: QueryLimits): Promise<readonly Row[]>
  /** The same with the types of the columns. */
  answer(sql: string, params?: readonly unknown[], limits?: QueryLimits): Promise<SqlAnswer>
}

export type ServedEngine = Engine & {
  readonly store: LimitedStore
  /** What computes its batches. */
  readonly computer: Computer
}
