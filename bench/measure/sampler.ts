/**
 * Looks each second at what our processes use. The sum of resident memory counts pages that they
 * share once per process, so it is never too small.
 */
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from './process_tree.ts'

const INTERVAL_MS = 1_000

export interface RoleUse {
  resident_bytes_max: number
  cpu_s: number
}

export interface Use {
  /** The largest sum of all processes at one moment; null where it cannot be read. */
  readonly resident_mb_max: number | null
  readonly resident_mb_last: number | null
  /** Each role's largest memory, and its CPU time while it was watched. */
  readonly roles: ReadonlyMap<string, RoleUse>
  readonly watched_s: number
  /** Of the whole machine: much more than ours and the load's means it was not quiet. */
  readonly machine_busy_cores: number
}

export class Sampler {
  readonly #roots: readonly number[]
  readonly #stopping = new AbortController()
  readonly #sums: number[] = []
  readonly #roles = new Map<string, RoleUse>()
  readonly #first_cpu_s = new Map<number, number>()
  readonly #last_cpu_s = new Map<number, { role: string; cpu_s: number }>()
  readonly #began_ms = performance.now()
  readonly #machine_busy_s = machineBusySeconds()
  readonly #running: Promise<void>

  /** Begins at once, with these processes and all that they started. */
  constructor(...roots: readonly number[]) {
    this.#roots = roots
    this.#running = this.#run()
  }

  async stop(): Promise<Use> {
    this.#stopping.abort()
    await this.#running
    this.#sample()
    const watched_s = (performance.now() - this.#began_ms) / 1_000
    for (const [pid, { role, cpu_s }] of this.#last_cpu_s) {
      const use = this.#roles.get(role)
      if (use) use.cpu_s += cpu_s - (this.#first_cpu_s.get(pid) ?? 0)
    }
    return {
      resident_mb_max: this.#sums.length > 0 ? Math.max(...this.#sums) / 1e6 : null,
      resident_mb_last: this.#sums.length > 0 ? (this.#sums.at(-1) as number) / 1e6 : null,
      roles: this.#roles,
      watched_s,
      machine_busy_cores: (machineBusySeconds() - this.#machine_busy_s) / watched_s,
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#sample()
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined) // Stopped meanwhile.
    }
  }

  #sample(): void {
    const found = processTree(...this.#roots)
    if (found.length === 0) return
    this.#sums.push(found.reduce((sum, { resident_bytes }) => sum + resident_bytes, 0))
    for (const [role, uses] of Map.groupBy(found, (use) => use.role)) {
      const bytes = uses.reduce((sum, { resident_bytes }) => sum + resident_bytes, 0)
      const known = this.#roles.get(role) ?? { resident_bytes_max: 0, cpu_s: 0 }
      known.resident_bytes_max = Math.max(known.resident_bytes_max, bytes)
      this.#roles.set(role, known)
    }
    for (const { pid, role, cpu_s } of found) {
      // A process that began while we watch has used all of its time while we watch.
      if (!this.#first_cpu_s.has(pid)) {
        this.#first_cpu_s.set(pid, this.#sums.length === 1 ? cpu_s : 0)
      }
      this.#last_cpu_s.set(pid, { role, cpu_s })
    }
  }
}

function machineBusySeconds(): number {
  return cpus().reduce((sum, { times: { idle: _, ...busy } }) => {
    return sum + Object.values(busy).reduce((total, busy_ms) => total + busy_ms, 0) / 1_000
  }, 0)
}

/** As figures: the sum, and each role's memory and cores. */
export function figuresOf(use: Use): Record<string, number | null> {
  const roles = [...use.roles].flatMap(([role, { resident_bytes_max, cpu_s }]) => [
    [`${role}_resident_mb_max`, resident_bytes_max / 1e6] as const,
    [`${role}_cores`, cpu_s / use.watched_s] as const,
  ])
  const { resident_mb_max, machine_busy_cores } = use
  return { resident_mb_max, ...Object.fromEntries(roles), machine_busy_cores }
}
