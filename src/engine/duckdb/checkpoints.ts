/**
 * When the write-ahead logs are written to the tables. Whoever writes a table waits meanwhile, so
 * it is done in quiet times, and for the store between two batches, before it has become long.
 */
import { stat } from 'node:fs/promises'
import type { Connection } from './database.ts'

const IDLE_MS = 10_000
/** Written in a second, where four times as much takes four. Less than what DuckDB waits for. */
const WAL_BYTES_MAX = 64_000_000

/** A question may be in the way: then it is left to the size, or to the next quiet time. */
export async function checkpoint(connections: Iterable<Connection>): Promise<void> {
  for (const connection of connections) await connection.run('CHECKPOINT').catch(() => undefined)
}

export class Checkpoints {
  readonly #store_wal: string
  /** When the last work was that none has followed yet. */
  #worked_ms: number | null = null

  /** Of a store in this file. */
  constructor(store_file: string) {
    this.#store_wal = `${store_file}.wal`
  }

  async afterWork(writer: Connection, now_ms: number): Promise<void> {
    this.#worked_ms = now_ms
    const bytes = (await stat(this.#store_wal).catch(() => null))?.size ?? 0
    if (bytes >= WAL_BYTES_MAX) await checkpoint([writer])
  }

  async whenIdle(connections: Iterable<Connection>, now_ms: number): Promise<void> {
    // Tricky: after a clock was set back the work lies in the future.
    if (this.#worked_ms === null || Math.abs(now_ms - this.#worked_ms) < IDLE_MS) return
    this.#worked_ms = null
    await checkpoint(connections)
  }
}
