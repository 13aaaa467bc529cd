/** What runs in a run folder: by the processes' own answers, not by what was written down. */
import { spawnSync } from 'node:child_process'
import { partsOf } from './cluster.ts'
import type { ClusterOptions } from './options.ts'
import { logOf, type Part, type RunFolder, runFolder } from './part.ts'
import { isRunning } from './processes.ts'
import { PROBE_MS_MAX } from './ready.ts'
import { readState, type StartedPart } from './state.ts'

export interface PartStatus {
  readonly name: string
  readonly state: 'running' | 'not answering' | 'ended'
  readonly version: string
  readonly address: string
  readonly page: string | null
  readonly heap_mb: number
  readonly log: string
  /** Null for one that has ended, like all below. */
  readonly pid: number | null
  readonly uptime_s: number | null
  /** What the process takes of the machine's memory; null also where `ps` is missing. */
  readonly memory_mb: number | null
}

export interface ClusterStatus {
  readonly folder: string
  /** `none`: nothing is meant to run. `whole`: every part answers. */
  readonly state: 'none' | 'whole' | 'partly'
  readonly options: ClusterOptions | null
  /** As the settings `log` and `engine` want them; null without. */
  readonly kafka: string | null
  readonly spark: string | null
  readonly parts: readonly PartStatus[]
}

export async function statusOf(path: string): Promise<ClusterStatus> {
  const folder = runFolder(path)
  const state = readState(folder)
  if (state === null || Object.keys(state.parts).length === 0) {
    return { folder: path, state: 'none', options: null, kafka: null, spark: null, parts: [] }
  }
  const { options } = state
  const planned = partsOf(options, folder)
  const parts = await Promise.all(
    planned.map((part) => partStatus(part, state.parts[part.name], folder)),
  )
  const brokers = planned.filter(({ system }) => system === 'kafka')
  const connect = planned.find(({ name }) => name === 'spark-connect')
  return {
    folder: path,
    state: parts.every((part) => part.state === 'running') ? 'whole' : 'partly',
    options,
    kafka: brokers.length > 0 ? brokers.map(({ address }) => address).join(',') : null,
    spark: connect?.address ?? null,
    parts,
  }
}

async function partStatus(
  part: Part,
  started: StartedPart | undefined,
  folder: RunFolder,
): Promise<PartStatus> {
  const runs = started !== undefined && (await isRunning(started))
  const answers = runs && (await part.probe(PROBE_MS_MAX).then(yes, no))
  return {
    name: part.name,
    state: answers ? 'running' : runs ? 'not answering' : 'ended',
    version: started?.version ?? '',
    address: part.address,
    page: part.page ?? null,
    heap_mb: part.heap_mb,
    log: logOf(folder, part.name),
    pid: runs ? started.pid : null,
    uptime_s: runs ? Math.round((Date.now() - Date.parse(started.since)) / 1_000) : null,
    memory_mb: runs ? memoryOf(started.pid) : null,
  }
}

const yes = (): boolean => true
const no = (): boolean => false

function memoryOf(pid: number): number | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], {
    encoding: 'utf8',
  })
  return status === 0 ? Math.round(Number(stdout) / 1024) : null
}
