/**
 * Pieces of the page that are loaded when they are needed. A server that is away is waited for, as
 * every question of the page does; one that answers and has not the piece is of a newer build.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

const PAUSE_MS = 2_000

/**
 * What `load` imports, as soon as the server has it.
 *
 * @throws TypeError when the server answers and the piece is not there.
 */
export async function loadChunk<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      if (await serverAnswers()) return await load()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

/** A component that is a piece of its own, for a `Suspense` to show. */
export function lazyChunk<P>(
  load: () => Promise<{ readonly default: ComponentType<P> }>,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(() => loadChunk(load))
}

async function serverAnswers(): Promise<boolean> {
  try {
    await fetch('/', { method: 'HEAD', cache: 'no-store' })
    return true
  } catch {
    return false
  }
}
