/** A whole data folder with a real log and a real engine, for tests to write to and ask. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Config } from '../../src/config.ts'
import type { Row } from '../../src/engine/contract.ts'
import type { LaneWriter } from '../../src/log/contract.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openProcessor, type Processor } from '../../src/processor.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'

export type LogRecord = Readonly<Record<string, unknown>>

export const TEST_SETTINGS = { log_reserve_mb: 0, threads: 2, memory_limit_mb: 400 }

export class Shop {
  readonly directory: string
  readonly said: string[] = []
  #processor: Processor | undefined
  #lanes = new Map<string, LaneWriter>()
  #settings: SettingValues
  #config: Config

  constructor(t: TestContext, settings: SettingValues = {}, config: Config = {}) {
    this.directory = mkdtempSync(join(tmpdir(), 'clickpath-engine-'))
    this.#settings = { ...TEST_SETTINGS, ...settings }
    this.#config = config
    t.after(async () => {
      await this.close()
      await this.closeLanes()
      rmSync(this.directory, { recursive: true, force: true })
    })
  }

  get processor(): Processor {
    if (!this.#processor) throw new Error('The shop is not open.')
    return this.#processor
  }

  async open(settings: SettingValues = {}, config: Config = this.#config): Promise<this> {
    this.#config = config
    this.#processor = await openProcessor({
      directory: this.directory,
      settings: readSettings(this.#settings, settings),
      config,
      clock: systemClock,
      say: (sentence) => this.said.push(sentence),
    })
    return this
  }

  async close(): Promise<void> {
    const processor = this.#processor
    this.#processor = undefined
    await processor?.close()
  }

  /** Ends the writers: the next append opens its lane anew. */
  async closeLanes(): Promise<void> {
    for (const lane of this.#lanes.values()) await lane.close()
    this.#lanes.clear()
  }

  /** Makes the records durable, in one group. */
  async append(records: readonly LogRecord[], lane = 'live'): Promise<void> {
    if (records.length === 0) return
    let writer = this.#lanes.get(lane)
    if (!writer) {
      const settings = readSettings(this.#settings)
      const directory = join(this.directory, 'log')
      writer = await openLaneWriter({ directory, lane, settings, clock: systemClock })
      this.#lanes.set(lane, writer)
    }
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    await writer.append(Buffer.from(lines), records.length)
  }

  /** Makes the records durable and visible. */
  async tell(records: readonly LogRecord[], lane?: string): Promise<void> {
    await this.append(records, lane)
    await this.processor.engine.catchUp()
  }

  rows(sql: string): Promise<readonly Row[]> {
    return this.processor.engine.store.rows(sql)
  }

  /**
   * All rows of every gold table and of the orders, in one order, without what depends on arrival.
   */
  async answers(): Promise<Readonly<Record<string, readonly string[]>>> {
    const names = [...this.processor.plan.tables.keys(), 'orders', 'order_movements', 'order_lines']
    const answers: Record<string, readonly string[]> = {}
    for (const name of names) {
      const hidden = name.startsWith('order') ? 'batch' : 'version'
      const rows = await this.rows(`SELECT * EXCLUDE (${hidden}) FROM ${name}`)
      answers[name] = rows.map((row) => JSON.stringify(row)).sort()
    }
    return answers
  }

  async ledger(): Promise<Row> {
    const [row] = await this.rows(`SELECT sum(received) AS received, sum(stored) AS stored,
      sum(duplicate) AS duplicate, sum(invalid) AS invalid, sum(filtered) AS filtered,
      sum(late) AS late FROM ledger`)
    return row ?? {}
  }
}

/** An event record with sensible defaults; times are `2026-01-31T` and what is given. */
export function eventRecord(id: string, time: string, rest: LogRecord = {}): LogRecord {
  const at = time.includes('T') ? time : `2026-01-31T${time}Z`
  return {
    record: 'event',
    source: 'web',
    received_at: '2026-01-31T23:00:00Z',
    event_id: id,
    event_type: 'view',
    event_time: at,
    client_time: at,
    user_id: 'u1',
    session_id: 's1',
    product_id: 'p1',
    category: 'shoes',
    price: 10,
    ...rest,
  }
}
