/**
 * What the collector counts, asked from the collector: it alone knows which requests it refused
 * whole (bad key, unreadable body, full log), since they left no record. Null when it cannot be
 * asked.
 */
import type { Family } from '../std/metrics.ts'
import { findRunning } from '../std/running.ts'

const ASK_MS_MAX = 500

export async function collectorFamilies(directory: string): Promise<readonly Family[] | null> {
  const running = findRunning(directory, 'up') ?? findRunning(directory, 'collect')
  if (!running?.url) return null
  try {
    const url = new URL('/collect/metrics?format=json', running.url)
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS_MAX) })
    if (!answer.ok) return null
    return ((await answer.json()) as { families: readonly Family[] }).families
  } catch {
    return null // It is being restarted, or too busy to be asked.
  }
}

/** Requests refused whole since the collector's start, by error code. */
export function refusedIn(
  families: readonly Family[] | null,
): Readonly<Record<string, number>> | null {
  const found = families?.find(({ name }) => name === 'clickpath_collect_refused_requests_total')
  if (!found) return null
  const met = found.samples.filter(({ value }) => value > 0)
  return Object.fromEntries(met.map(({ value, labels }) => [labels?.code ?? '', value]))
}
