/** What an operator asks: how far, how big, since when, which versions. */
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineProgress, Row } from '../engine/contract.ts'
import { ClickpathError } from '../std/errors.ts'
import { type LaneLag, readLanes } from './lag.ts'
import type { ServeContext } from './route.ts'

export interface Status {
  readonly engine: Omit<EngineProgress, 'offsets'>
  readonly lanes: readonly LaneLag[]
  readonly sizes: {
    readonly log_bytes: number
    readonly log_segments: number
    readonly store_bytes: number
    readonly resident_bytes: number
  }
  readonly versions: {
    readonly clickpath: string
    readonly duckdb: string | null
    readonly node: string
  }
  readonly started_at: string
  readonly uptime_s: number
}

export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** Bytes of the database and what it has not yet folded in. */
async function storeBytes(directory: string): Promise<number> {
  const file = join(directory, 'engine', 'clickpath.duckdb')
  const sizes = [file, `${file}.wal`].map(async (path) => {
    // Missing while nothing was written to it.
    return (await stat(path).catch(() => undefined))?.size ?? 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** What the store says; nothing while it is being opened or rebuilt, when it answers BUSY. */
export async function rowsIfOpen({ engine }: ServeContext, sql: string): Promise<readonly Row[]> {
  try {
    return await engine.store.rows(sql)
  } catch (thrown) {
    if (thrown instanceof ClickpathError && thrown.code === 'BUSY') return []
    throw thrown
  }
}

export async function readStatus(context: ServeContext): Promise<Status> {
  const { engine, clock, directory, started_ms } = context
  const lanes = await readLanes(context)
  const sum = (of: (lane: LaneLag) => number) => lanes.reduce((total, lane) => total + of(lane), 0)
  const [duckdb] = await rowsIfOpen(context, 'SELECT version() AS version')
  const { offsets: _offsets, ...progress } = engine.progress()
  return {
    engine: { ...progress, pending: sum(({ pending }) => pending) },
    lanes,
    sizes: {
      log_bytes: sum(({ bytes }) => bytes),
      log_segments: sum(({ segments }) => segments),
      store_bytes: await storeBytes(directory),
      resident_bytes: process.memoryUsage.rss(),
    },
    versions: {
      clickpath: packageVersion(),
      duckdb: duckdb ? String(duckdb.version) : null,
      node: process.version,
    },
    started_at: new Date(started_ms).toISOString(),
    uptime_s: Math.floor((clock.now_ms() - started_ms) / 1_000),
  }
}
