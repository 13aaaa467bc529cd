/** What the tests of serving share: a real log, engine and server over a temporary data folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DuckdbEngine } from '../../src/engine/duckdb/engine.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openProcessor } from '../../src/processor.ts'
import { startServe } from '../../src/serve/serve.ts'
import { systemClock } from '../../src/std/clock.ts'
import { createLogger } from '../../src/std/logger.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'

export type Json = Record<string, unknown>

export interface Shop {
  readonly directory: string
  readonly url: string
  readonly port: number
  readonly engine: DuckdbEngine
  /** Appends records as they stand in the log; they are durable when it resolves. */
  append(records: readonly object[]): Promise<void>
  /** Takes all that is durable into the tables, where no loop does. */
  catchUp(): Promise<void>
  get(path: string): Promise<Json>
  post(path: string, body?: object): Promise<{ readonly status: number; readonly body: Json }>
}

export interface ShopOptions {
  readonly settings?: SettingValues
  /** `running`: the engine keeps catching up by itself. */
  readonly engine?: 'by hand' | 'running'
}

/** An event of the source `web`, at a minute of 2026-01-31 12:00. */
export function event(name: string, minute: number, columns: object = {}): Json {
  const time = `2026-01-31T12:${String(minute).padStart(2, '0')}:00Z`
  return {
    ...{ record: 'event', source: 'web', received_at: '2026-01-31T13:00:00Z', event_id: name },
    ...{ event_type: 'view', event_time: time, client_time: time, user_id: 'u1' },
    ...{ category: 'shoes', product_id: 'p1', price: 10, ...columns },
  }
}

export function invalid(reason: string, columns: object = {}): Json {
  return {
    ...{ record: 'invalid', source: 'web', received_at: '2026-01-31T13:00:00Z', reason },
    ...{ detail: 'because', raw: '{}', ...columns },
  }
}

export async function openShop(t: TestContext, options: ShopOptions = {}): Promise<Shop> {
  const directory = await mkdtemp(join(tmpdir(), 'clickpath-serve-'))
  const settings = readSettings(
    { log_reserve_mb: 0, batch_interval_ms: 10 },
    options.settings ?? {},
  )
  const logDirectory = join(directory, 'log')
  const clock = systemClock
  const lane = await openLaneWriter({ directory: logDirectory, lane: 'live', settings, clock })
  const say = () => {}
  const processor = await openProcessor({ directory, settings, config: {}, clock, say })
  const { engine, log, plan, erasures, housekeeping } = processor
  const stopping = new AbortController()
  const running = options.engine === 'running' ? engine.run(stopping.signal) : undefined
  const logger = createLogger({ role: 'test', level: 'silent', readers: 'machines', clock })
  const openLane = (lane: string) =>
    openLaneWriter({ directory: logDirectory, lane, settings, clock })
  const parts = {
    engine,
    log,
    openLane,
    plan,
    erasures,
    housekeeping,
    settings,
    clock,
    directory,
    logger,
  }
  const serving = await startServe(parts)
  t.after(async () => {
    await serving.close()
    stopping.abort()
    await running
    await processor.close()
    await lane.close()
    await rm(directory, { recursive: true, force: true })
  })
  return {
    ...{ directory, url: serving.url, port: serving.port, engine },
    append: async (records) => {
      const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
      await lane.append(Buffer.from(lines), records.length)
    },
    catchUp: () => engine.catchUp(),
    get: async (path) => {
      const answer = await fetch(serving.url + path)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${answer.status} ${text}`)
      return JSON.parse(text)
    },
    post: async (path, body) => {
      const answer = await fetch(serving.url + path, {
        method: 'POST',
        ...(body ? { body: JSON.stringify(body) } : {}),
        headers: body ? { 'content-type': 'application/json' } : {},
      })
      return { status: answer.status, body: (await answer.json()) as Json }
    },
  }
}

/** The receipt, once everything is removed; the tables fill again after that. */
export async function erasureDone(shop: Shop, erasure: unknown): Promise<Json> {
  for (let tries = 0; tries < 400; tries++) {
    const receipt = await shop.get(`/api/erasures/${erasure}`)
    if (receipt.completed_at !== null) return receipt
    await sleep(25)
  }
  throw new Error('the erasure is not done')
}

/** Asks with headers that fetch would not let us set, such as Host. */
export async function askRaw(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{
  readonly status: number
  readonly headers: IncomingMessage['headers']
  body: string
}> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}
