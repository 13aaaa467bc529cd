/** Connections for reading: bounded in number, each with the views that presenting needs. */
import { ClickpathError } from '../../std/errors.ts'
import type { Row, Store } from '../contract.ts'
import type { Connection, Database, SqlAnswer } from './database.ts'
import { type QueryLimits, watchQuery } from './query_watch.ts'

/** Queries that may wait for a connection; more are answered BUSY. */
const WAITING_MAX = 256

export class Readers implements Store {
  readonly #database: Database
  readonly #prologue: () => readonly string[]
  readonly #readers_max: number
  readonly #free: Connection[] = []
  #open = 0
  #lasted_ms = 0
  #closing: PromiseWithResolvers<void> | undefined
  /** While it is there nobody begins to read; it says when nobody reads any more. */
  #quiet: { readonly reached: PromiseWithResolvers<void>; readonly over: Promise<void> } | undefined
  #generation = 0
  readonly #generations = new WeakMap<Connection, number>()
  readonly #waiting: (() => void)[] = []

  constructor(database: Database, prologue: () => readonly string[], readers_max: number) {
    this.#database = database
    this.#prologue = prologue
    this.#readers_max = readers_max
  }

  /** Connections that answer now, and queries that wait for one. */
  get use(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#open - this.#free.length, waiting: this.#waiting.length }
  }

  /** How long all queries took that ended since the last call. */
  takeLasted_ms(): number {
    const lasted_ms = this.#lasted_ms
    this.#lasted_ms = 0
    return lasted_ms
  }

  /** The views have changed: connections take them anew before their next query. */
  refresh(): void {
    this.#generation += 1
  }

  /** A connection has become free, perhaps. */
  async #turn(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new ClickpathError('BUSY', `${WAITING_MAX} queries are waiting already. Ask again.`)
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async #acquire(): Promise<Connection> {
    for (;;) {
      if (this.#closing) throw new ClickpathError('BUSY', 'The store is being closed. Ask again.')
      if (this.#quiet) await this.#quiet.over
      else if (this.#free.length > 0 || this.#open < this.#readers_max) break
      else await this.#turn()
    }
    const free = this.#free.pop()
    if (!free) this.#open += 1
    try {
      return await this.#prepared(free ?? (await this.#database.connect('none')))
    } catch (thrown) {
      this.#open -= 1
      this.#left()
      throw thrown
    }
  }

  async #prepared(connection: Connection): Promise<Connection> {
    if (this.#generations.get(connection) === this.#generation) return connection
    await connection.script(this.#prologue())
    this.#generations.set(connection, this.#generation)
    return connection
  }

  #release(connection: Connection): void {
    if (this.#closing) {
      connection.close()
      this.#open -= 1
      if (this.#open === 0) this.#closing.resolve()
    } else {
      this.#free.push(connection)
    }
    this.#left()
  }

  /** One reads less. */
  #left(): void {
    if (this.use.busy === 0) this.#quiet?.reached.resolve()
    this.#waiting.shift()?.()
  }

  /**
   * Works while nobody reads: those who read are waited for, at most as long as a query may last;
   * those who would begin wait. For the rare change that a reader could see half of.
   */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    const [reached, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.#quiet = { reached, over: over.promise }
    if (this.use.busy === 0) reached.resolve()
    try {
      await reached.promise
      return await work()
    } finally {
      this.#quiet = undefined
      over.resolve()
    }
  }

  async rows(
    sql: string,
    params: readonly unknown[] = [],
    limits: QueryLimits = {},
  ): Promise<readonly Row[]> {
    return (await this.answer(sql, params, limits)).rows
  }

  /** Runs one statement. Throws SQL_STOPPED when it goes beyond its limits. */
  async answer(
    sql: string,
    params: readonly unknown[] = [],
    limits: QueryLimits = {},
  ): Promise<SqlAnswer> {
    const connection = await this.#acquire()
    const began_ms = performance.now()
    const watch = watchQuery(limits, () => connection.interrupt())
    try {
      return await connection.answer(sql, params, limits.rows_max, limits.answer_bytes_max)
    } catch (thrown) {
      throw watch.reason() ?? thrown
    } finally {
      watch.end()
      this.#lasted_ms += performance.now() - began_ms
      this.#release(connection)
    }
  }

  /** Closes every connection; waits for those that are answering. */
  async close(): Promise<void> {
    this.#closing = Promise.withResolvers<void>()
    this.#open -= this.#free.length
    for (const connection of this.#free.splice(0)) connection.close()
    if (this.#open > 0) await this.#closing.promise
  }
}
