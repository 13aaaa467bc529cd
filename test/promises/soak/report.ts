/** What the samples of a soak say: how fast memory grows, and whether files stay bounded. */
import { ROLES, type Role, type Sample } from './samples.ts'
import { type Point, plainSlope, slopeAtEqualAge } from './slope.ts'

/** Memory is looked at from this minute on, or in the second half of a shorter run. */
const WARM_MIN = 10
/** A process younger than this is still starting. */
const YOUNG_S = 20

/**
 * Beyond these something grows that should not. Segments, archived files and the database itself
 * grow with the events, and are not judged.
 */
const BOUNDS = {
  open_files: 256,
  other_files: 120,
  wal_mb: 800,
  run_mb: 800,
  spill_mb: 4_000,
} as const

export interface Growth {
  readonly role: Role
  readonly mb_per_min: number | null
  /** Processes of this role in the time that is looked at. */
  readonly processes: number
}

export interface Report {
  readonly from_min: number
  readonly growth: readonly Growth[]
  /** Of all processes together. */
  readonly mb_per_min: number
  /** The largest of each, and those beyond their bound. */
  readonly largest: Readonly<Record<keyof typeof BOUNDS, number>>
  readonly unbounded: readonly string[]
}

export function reportOf(samples: readonly Sample[]): Report {
  const last_min = (samples.at(-1)?.at_s ?? 0) / 60
  const from_min = Math.min(WARM_MIN, last_min / 2)
  const warm = samples.filter(({ at_s }) => at_s / 60 >= from_min)
  const growth = ROLES.map((role) => growthOf(role, warm))
  const largest = {
    open_files: most(samples, (sample) => Math.max(0, ...openFilesOf(sample))),
    other_files: most(samples, ({ other_files }) => other_files),
    wal_mb: most(samples, ({ wal_mb }) => wal_mb),
    run_mb: most(samples, ({ run_mb }) => run_mb),
    spill_mb: most(samples, ({ spill_mb }) => spill_mb),
  }
  const unbounded = Object.entries(BOUNDS)
    .filter(([name, bound]) => largest[name as keyof typeof BOUNDS] > bound)
    .map(([name, bound]) => `${name} ${largest[name as keyof typeof BOUNDS]} > ${bound}`)
  const mb_per_min = growth.reduce((sum, one) => sum + (one.mb_per_min ?? 0), 0)
  return { from_min, growth, mb_per_min, largest, unbounded }
}

function growthOf(role: Role, samples: readonly Sample[]): Growth {
  const pids = new Set<number>()
  const points = samples.flatMap(({ at_s, processes }): readonly Point[] => {
    const found = processes[role]
    if (!found || found.age_s < YOUNG_S) return []
    pids.add(found.pid)
    return [{ at_min: at_s / 60, age_s: found.age_s, value: found.resident_mb }]
  })
  const mb_per_min = pids.size > 1 ? slopeAtEqualAge(points) : plainSlope(points)
  return { role, mb_per_min, processes: pids.size }
}

const openFilesOf = ({ processes }: Sample) =>
  Object.values(processes).map(({ open_files }) => open_files)

const most = (samples: readonly Sample[], of: (sample: Sample) => number) =>
  Math.max(0, ...samples.map(of))
