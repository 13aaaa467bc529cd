/**
 * Which rows of a long table are drawn: those in sight and some around, with room for the others.
 */
import { type RefObject, useEffect, useState } from 'react'

/** As grid.css says. */
const ROW_HEIGHT = 36
const AROUND = 12
/** Up to so many all are drawn. */
const ALL_MAX = 150

export interface RowWindow {
  readonly first: number
  /** The one after the last. */
  readonly last: number
  /** The height of what is left out before and after. */
  readonly above: number
  readonly below: number
}

export function useWindow(place: RefObject<HTMLElement | null>, count: number): RowWindow {
  const [sight, setSight] = useState({ first: 0, rows: 30 })
  useEffect(() => {
    const element = place.current
    if (!element || count <= ALL_MAX) return
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / ROW_HEIGHT) - AROUND)
      const rows = Math.ceil(element.clientHeight / ROW_HEIGHT) + 2 * AROUND
      setSight((before) =>
        before.first === first && before.rows === rows ? before : { first, rows },
      )
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [place, count])
  if (count <= ALL_MAX) return { first: 0, last: count, above: 0, below: 0 }
  const first = Math.min(sight.first, Math.max(0, count - sight.rows))
  const last = Math.min(count, first + sight.rows)
  return { first, last, above: first * ROW_HEIGHT, below: (count - last) * ROW_HEIGHT }
}
