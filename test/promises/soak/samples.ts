/** What a soak looks at every few seconds: memory, open files, sizes, lag. Read from outside. */
import { readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { processTree } from '../../../bench/measure/process_tree.ts'

export const ROLES = ['up', 'collect', 'process'] as const
export type Role = (typeof ROLES)[number]

export interface ProcessSample {
  readonly pid: number
  /** Since it was first seen. */
  readonly age_s: number
  readonly resident_mb: number
  readonly open_files: number
}

export interface Sample {
  readonly at_s: number
  readonly processes: Readonly<Partial<Record<Role, ProcessSample>>>
  readonly log_mb: number
  readonly archive_mb: number
  readonly store_mb: number
  readonly wal_mb: number
  readonly spill_mb: number
  /** Slices of the log that the engine reads, and what moves to the archive. */
  readonly run_mb: number
  /** But for segments and archived files, of which there are as many as events demand. */
  readonly other_files: number
  /** Records that the tables lack; null while nobody serves. */
  readonly pending: number | null
  readonly batch_ms: number | null
}

const STATUS_MS_MAX = 5_000
const BYTES_PER_MB = 1e6

export class Sampler {
  readonly #root: number
  readonly #data: string
  readonly #began_ms = performance.now()
  readonly #first_seen_s = new Map<number, number>()

  constructor(root: number, data: string) {
    this.#root = root
    this.#data = data
  }

  async sample(url: string): Promise<Sample> {
    const at_s = (performance.now() - this.#began_ms) / 1_000
    return {
      at_s: Math.round(at_s),
      processes: this.#processes(at_s),
      ...sizesOf(this.#data),
      ...(await progressOf(url)),
    }
  }

  #processes(at_s: number): Sample['processes'] {
    const found = processTree(this.#root).filter(({ role }) =>
      (ROLES as readonly string[]).includes(role),
    )
    return Object.fromEntries(
      found.map(({ pid, role, resident_bytes }) => {
        const first_s = this.#first_seen_s.get(pid) ?? at_s
        this.#first_seen_s.set(pid, first_s)
        const resident_mb = resident_bytes / BYTES_PER_MB
        return [role, { pid, age_s: at_s - first_s, resident_mb, open_files: openFiles(pid) }]
      }),
    )
  }
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0 // It has just ended.
  }
}

type Sizes = Pick<
  Sample,
  'log_mb' | 'archive_mb' | 'store_mb' | 'wal_mb' | 'spill_mb' | 'run_mb' | 'other_files'
>

function sizesOf(data: string): Sizes {
  const bytes = { log: 0, archive: 0, store: 0, wal: 0, spill: 0, run: 0, rest: 0 }
  let other_files = 0
  for (const file of filesBelow(data)) {
    const kind = kindOf(relative(data, file))
    if (!/\.(ndjson|parquet)$/.test(file) || kind === 'run') other_files += 1
    try {
      bytes[kind] += statSync(file).size
    } catch {
      // It is gone again.
    }
  }
  const mb = (kind: keyof typeof bytes) => Math.round(bytes[kind] / BYTES_PER_MB)
  return {
    log_mb: mb('log'),
    archive_mb: mb('archive'),
    store_mb: mb('store'),
    wal_mb: mb('wal'),
    spill_mb: mb('spill'),
    run_mb: mb('run'),
    other_files,
  }
}

function kindOf(path: string) {
  const [folder] = path.split(sep)
  if (folder === 'log' || folder === 'archive' || folder === 'run') return folder
  if (folder !== 'engine') return 'rest'
  if (path.includes('.spill')) return 'spill'
  return path.endsWith('.wal') ? 'wal' : 'store'
}

function filesBelow(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
  } catch {
    return [] // A folder went while it was listed: the next sample sees the others.
  }
}

async function progressOf(url: string): Promise<Pick<Sample, 'pending' | 'batch_ms'>> {
  const status = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(STATUS_MS_MAX) })
    .then((response) => response.json())
    .catch(() => null)
  const { engine } = (status ?? {}) as { engine?: { pending: number; batch_ms: number } }
  return { pending: engine?.pending ?? null, batch_ms: engine?.batch_ms ?? null }
}
