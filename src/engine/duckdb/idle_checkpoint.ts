/**
 * A checkpoint writes every table: it is left to quiet times, or to the write-ahead log's size.
 */
import type { Connection } from './database.ts'

/** A question may be in the way: then it is left to the size, or to the next quiet time. */
export async function checkpoint(connections: Iterable<Connection>): Promise<void> {
  for (const connection of connections) await connection.run('CHECKPOINT').catch(() => undefined)
}

const IDLE_MS = 10_000

export class IdleCheckpoint {
  /** When the last work was that none has followed yet. */
  #worked_ms: number | null = null

  noteWorked(now_ms: number): void {
    this.#worked_ms = now_ms
  }

  async whenDue(connections: Iterable<Connection>, now_ms: number): Promise<void> {
    // Tricky: after a clock was set back the work lies in the future.
    if (this.#worked_ms === null || Math.abs(now_ms - this.#worked_ms) < IDLE_MS) return
    this.#worked_ms = null
    await checkpoint(connections)
  }
}
