/** A collector at work: real HTTP on a free port, a real lane in a folder of its own. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Collector, startCollector } from '../../src/collect/collector.ts'
import { type Keys, keysOf, openKeys, type WriteKey } from '../../src/collect/keys.ts'
import type { Step } from '../../src/collect/steps/step.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'

/** What the test's clock shows: fixed, so that nothing depends on the day of the run. */
export const NOW = '2026-03-01T12:00:00.000Z'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what the answer holds.
  readonly json: any
}

export type Body = string | Buffer<ArrayBuffer> | object

export interface RunningCollector {
  readonly url: string
  readonly collector: Collector
  readonly keys: Keys
  closeLane(): Promise<void>
  post(path: string, body: Body, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Every record of the log, in order. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what a record holds.
  records(): any[]
  /** The same, as text: one line each. */
  lines(): string[]
}

export interface CollectorSetup {
  readonly settings?: SettingValues
  readonly steps?: readonly Step[]
  /** One random key of a browser where none are given. */
  readonly keys?: readonly WriteKey[]
  readonly target?: () => string | undefined
  readonly now?: () => string
  /** Who accepts its connections: itself, or somebody who hands them over. */
  readonly door?: 'own' | 'handed over'
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? JSON.parse(text) : text,
  }
}

function linesOf(directory: string): string[] {
  const lane = join(directory, 'log', 'web')
  return readdirSync(lane)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .flatMap((name) => readFileSync(join(lane, name), 'utf8').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('{"commit"'))
}

async function accept(acceptor: Server): Promise<string> {
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  return `http://127.0.0.1:${(acceptor.address() as AddressInfo).port}`
}

/** Ends with the test. */
export async function runCollector(
  context: TestContext,
  setup: CollectorSetup = {},
): Promise<RunningCollector> {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-collect-'))
  const settings = readSettings({ log_reserve_mb: 0, ...setup.settings })
  const clock = { now_ms: () => Date.parse(setup.now?.() ?? NOW) }
  const log = join(directory, 'log')
  const lane = await openLaneWriter({ directory: log, lane: 'web', settings, clock })
  let closed: Promise<void> | undefined
  const closeLane = () => {
    closed ??= lane.close()
    return closed
  }
  const keys = setup.keys ? keysOf(setup.keys) : openKeys(directory, randomBytes)
  const collector = startCollector({
    say: () => {},
    settings,
    lane,
    keys,
    clock,
    steps: setup.steps ?? [],
    random: randomBytes,
    proxy: { target: setup.target ?? (() => undefined) },
  })
  const acceptor = createServer({ pauseOnConnect: true }, (socket) =>
    collector.takeConnection(socket),
  )
  const url =
    setup.door === 'handed over' ? await accept(acceptor) : await collector.listen(0, '127.0.0.1')
  context.after(async () => {
    await collector.close()
    acceptor.close()
    await closeLane()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    url,
    collector,
    closeLane,
    keys,
    post: async (path, body, headers = {}) => {
      const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
      return answerOf(await fetch(url + path, { method: 'POST', body: raw, headers }))
    },
    get: async (path, headers = {}) => answerOf(await fetch(url + path, { headers })),
    lines: () => linesOf(directory),
    records: () => linesOf(directory).map((line) => JSON.parse(line)),
  }
}

/** A valid event, with what a test changes. */
export function event(changes: object = {}): object {
  return {
    event_id: 'e1',
    event_type: 'view',
    timestamp: '2026-03-01T11:59:00Z',
    user_id: 'u1',
    product_id: 'p1',
    price: 299.99,
    ...changes,
  }
}
