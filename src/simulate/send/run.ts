/** Drives traffic into a sender, each event at its time, until traffic, time or the user ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../std/clock.ts'
import type { AnyDelivery } from '../traffic.ts'
import type { Sender } from './sender.ts'
import type { Tally } from './tally.ts'

/** Events due within one tick leave together. */
const TICK_MS = 10
/** How long, after the end, the last events may take; shorter where a person waits for it. */
const CLOSE_MS = 10_000
const CLOSE_ON_ABORT_MS = 3_000

export interface Run {
  readonly traffic: Iterable<AnyDelivery> | AsyncIterable<AnyDelivery>
  readonly sender: Sender
  readonly clock: Clock
  /** Nothing planned for later is sent, ms since 1970; Infinity for no end. */
  readonly end_ms: number
  readonly signal: AbortSignal
  /** Called about every tick. */
  onProgress?(tally: Readonly<Tally>): void
}

/** Answers the sum. Throws COLLECTOR_REFUSED where the collector will never take anything. */
export async function runTraffic(run: Run): Promise<Tally> {
  const { sender, signal } = run
  try {
    for await (const delivery of run.traffic) {
      if (delivery.send_ms > run.end_ms || signal.aborted) break
      if (!(await isDue(run, delivery.send_ms))) break
      if (!sender.hasRoom) await waitForRoom(run)
      if (signal.aborted) break
      sender.put(delivery)
    }
  } finally {
    await sender.close(signal.aborted ? CLOSE_ON_ABORT_MS : CLOSE_MS)
  }
  run.onProgress?.(sender.tally)
  return sender.tally
}

/** True when the time has come; false where the run was ended before. */
async function isDue({ sender, clock, signal, onProgress }: Run, due_ms: number): Promise<boolean> {
  let left_ms = due_ms - clock.now_ms()
  while (left_ms > 0) {
    sender.flush()
    onProgress?.(sender.tally)
    // A short sleep at a time: progress and trouble show, and clocks that jump do no harm.
    await sleep(Math.min(Math.max(left_ms, TICK_MS), 250), undefined, { signal }).catch(() => {})
    if (signal.aborted) return false
    left_ms = due_ms - clock.now_ms()
  }
  return true
}

async function waitForRoom({ sender, clock, signal }: Run): Promise<void> {
  const from_ms = clock.now_ms()
  sender.flush()
  await sender.room(signal)
  sender.tally.waited_ms += clock.now_ms() - from_ms
}
