/**
 * What an operator asks at three in the morning: how far behind, how big, what failed when, what is
 * refused, who was started again. One answer, from which API, page, metrics and command tell.
 */
import { readFileSync } from 'node:fs'
import type { EngineProgress, Row } from '../engine/contract.ts'
import { shownAddress } from '../engine/place.ts'
import type { LaneStatus, Offsets } from '../log/contract.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import { openFiles } from '../std/process_metrics.ts'
import { type Restarts, readRestarts } from '../std/restarts.ts'
import type { Settings } from '../std/settings.ts'
import { collectorFamilies, refusedIn } from './collector_numbers.ts'
import { type Concern, concernsOf } from './concerns.ts'
import { type LaneLag, lagsOf } from './lag.ts'
import { LaneAges } from './lane_ages.ts'
import { type LedgerSum, readLedgerSum } from './ledger.ts'
import type { ServeContext } from './route.ts'
import { Sizes, type StoredSizes } from './sizes.ts'

export type EngineStatus = Omit<EngineProgress, 'offsets'> & {
  /** At most one bucket of the histogram too high; null before the first batch. */
  readonly batch_p50_ms: number | null
  readonly batch_p99_ms: number | null
}

/** What can be told of a data folder by whoever may read it. */
export interface FolderStatus {
  /** What the tables are computed by, and from: as the settings say, without a token. */
  readonly uses: { readonly engine: string; readonly log: string }
  readonly lanes: readonly LaneLag[]
  readonly sizes: StoredSizes & { readonly log_bytes: number; readonly log_segments: number }
  /** Under it, events are answered 503. */
  readonly disk_reserve_bytes: number
  /** By role, since the supervisor's start. */
  readonly restarts: Readonly<Record<string, Restarts>>
  /** Since the collector's start, by code; null when it cannot be asked. */
  readonly refused_requests: Readonly<Record<string, number>> | null
}

export interface Status extends FolderStatus {
  /** What needs somebody's eye. */
  readonly concerns: readonly Concern[]
  readonly engine: EngineStatus
  /** Null while the store is being opened or built. */
  readonly ledger: LedgerSum | null
  readonly readers: { readonly busy: number; readonly waiting: number; readonly most: number }
  readonly live_subscribers: number
  readonly process: { readonly resident_bytes: number; readonly open_files: number | null }
  readonly versions: {
    readonly clickpath: string
    readonly duckdb: string | null
    /** Null where Spark computes nothing, or has not answered yet. */
    readonly spark: string | null
    readonly node: string
  }
  readonly started_at: string
  readonly uptime_s: number
}

export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** Undefined while the store is being opened or rebuilt, when it answers BUSY. */
async function ifOpen<T>(asked: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asked()
  } catch (thrown) {
    if (thrown instanceof ClickpathError && thrown.code === 'BUSY') return undefined
    throw thrown
  }
}

interface FolderParts {
  readonly directory: string
  readonly lanes: readonly LaneStatus[]
  readonly offsets: Offsets
  readonly ages: LaneAges
  readonly sizes: Sizes
  readonly settings: Pick<Settings, 'log_reserve_mb' | 'engine' | 'log'>
}

async function folderStatus(parts: FolderParts): Promise<FolderStatus> {
  const { directory, lanes, offsets, ages, sizes, settings } = parts
  const lags = lagsOf(lanes, offsets, ages)
  const sum = (of: (lane: LaneLag) => number) => lags.reduce((total, lane) => total + of(lane), 0)
  const engine = shownAddress(settings.engine)
  return {
    uses: { engine, log: settings.log },
    lanes: lags,
    sizes: {
      log_bytes: sum(({ bytes }) => bytes),
      log_segments: sum(({ segments }) => segments),
      ...(await sizes.read()),
    },
    disk_reserve_bytes: settings.log_reserve_mb * 1_000_000,
    restarts: readRestarts(directory),
    refused_requests: refusedIn(await collectorFamilies(directory)),
  }
}

/** The same by whoever merely looks at a folder. */
export function folderStatusOnce(
  parts: Omit<FolderParts, 'ages' | 'sizes'>,
  clock: Clock,
  committed_ms: number | null,
): Promise<FolderStatus> {
  const ages = new LaneAges(clock, committed_ms)
  return folderStatus({ ...parts, ages, sizes: new Sizes(parts.directory, clock, parts.settings) })
}

export async function readStatus(context: ServeContext): Promise<Status> {
  const { engine, log, clock, started_ms, settings, live } = context
  const lanes = await log.lanes()
  const { offsets, ...progress } = engine.progress()
  const folder = await folderStatus({ ...context, lanes, offsets })
  const duckdb = await ifOpen(() => engine.store.rows('SELECT version() AS version'))
  const ledger = await ifOpen(() => readLedgerSum(engine.store, lanes, clock.now_ms()))
  const use = await ifOpen(async () => engine.store.use)
  const { batch_durations } = engine
  const told = {
    ...folder,
    engine: {
      ...progress,
      pending: folder.lanes.reduce((sum, { pending }) => sum + pending, 0),
      batch_p50_ms: batch_durations.quantile_ms(0.5),
      batch_p99_ms: batch_durations.quantile_ms(0.99),
    },
    ledger: ledger ?? null,
  }
  return {
    ...told,
    concerns: concernsOf(told, clock.now_ms()),
    readers: { busy: use?.busy ?? 0, waiting: use?.waiting ?? 0, most: settings.readers_max },
    live_subscribers: live.subscribers,
    process: { resident_bytes: process.memoryUsage.rss(), open_files: openFiles() },
    versions: {
      clickpath: packageVersion(),
      duckdb: versionIn(duckdb),
      spark: engine.computer.spark,
      node: process.version,
    },
    started_at: new Date(started_ms).toISOString(),
    uptime_s: Math.floor((clock.now_ms() - started_ms) / 1_000),
  }
}

function versionIn(rows: readonly Row[] | undefined): string | null {
  return rows?.[0] ? String(rows[0].version) : null
}
