/**
 * Whether the page forgets: the live view stays open while traffic flows, and what its scripts hold
 * after garbage collection is read sixty times. A page on a wall must not grow.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, CDPSession } from 'playwright-core'
import type { Figures } from '../run.ts'
import { until, visit } from './browser.ts'
import { HAS_FIGURES, UPDATES } from './in_page.ts'

const SAMPLES = 60
/** Everything that a live page fills has been filled by then. */
const FULL_AT = 10

interface Held {
  readonly bytes: number
  readonly nodes: number
  readonly listeners: number
}

export interface HeapResult {
  readonly heap: Figures
  readonly updates: number
}

export async function measureHeap(
  browser: Browser,
  url: string,
  minutes: number,
): Promise<HeapResult> {
  return visit(browser, new URL('/now', url).href, async (page, context) => {
    await until(page, HAS_FIGURES)
    const session = await context.newCDPSession(page)
    await session.send('HeapProfiler.enable')
    const held: Held[] = []
    const began_ms = performance.now()
    for (let at = 1; at <= SAMPLES; at++) {
      const due_ms = began_ms + (at / SAMPLES) * minutes * 60_000
      await sleep(Math.max(0, due_ms - performance.now()))
      held.push(await readHeld(session))
    }
    const updates = Number(await page.evaluate(UPDATES))
    return { heap: figuresOf(held, minutes), updates }
  })
}

/** Tricky: what a first collection finalises only a second one frees. */
async function readHeld(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize: bytes } = await session.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
  return { bytes, nodes, listeners: jsEventListeners }
}

function figuresOf(held: readonly Held[], minutes: number): Figures {
  const full = held[FULL_AT - 1] as Held
  const last = held.at(-1) as Held
  return {
    minutes,
    // A sixth of the time is ten minutes of an hour.
    at_a_sixth_mb: full.bytes / 1e6,
    at_the_end_mb: last.bytes / 1e6,
    most_mb: Math.max(...held.map(({ bytes }) => bytes)) / 1e6,
    growth_ratio: last.bytes / full.bytes,
    nodes_at_a_sixth: full.nodes,
    nodes_at_the_end: last.nodes,
    listeners_at_a_sixth: full.listeners,
    listeners_at_the_end: last.listeners,
  }
}
