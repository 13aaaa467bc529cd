/**
 * Requests that the collector refused whole (bad key, unreadable body, full log): they left no
 * record, so they stand beside the ledger. Only the collector knows them; null when it cannot be
 * asked.
 */
import { findRunning } from '../std/running.ts'

const ASK_MS_MAX = 500
const SAMPLE = /^clickpath_collect_refused_requests_total\{code="(\w+)"\} (\d+)$/

/** Since the collector's start, by error code. */
export async function refusedRequests(
  directory: string,
): Promise<Readonly<Record<string, number>> | null> {
  const running = findRunning(directory, 'up') ?? findRunning(directory, 'collect')
  if (!running?.url) return null
  try {
    const url = new URL('/collect/metrics', running.url)
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS_MAX) })
    if (!answer.ok) return null
    const samples = (await answer.text()).split('\n').map((line) => SAMPLE.exec(line))
    return Object.fromEntries(
      samples.flatMap((found) => (found ? [[found[1], Number(found[2])]] : [])),
    )
  } catch {
    return null // It is being restarted, or too busy to be asked.
  }
}
