/**
 * Where positions lie in live segments, as far as a reader has seen them: a cache only. A position
 * that is not in it is found by reading the segment from its beginning.
 */

export interface Cursor {
  /** The first position of the segment. */
  readonly segment: number
  /** A position at which a group begins, and its byte in the segment. */
  readonly position: number
  readonly byte: number
}

/** Enough to split a refused batch in halves again and again without reading from the beginning. */
const CURSORS_PER_LANE_MAX = 32

export class Cursors {
  readonly #lanes = new Map<string, Cursor[]>()

  /** Keeps a cursor; beyond the bound the oldest of its lane is forgotten. */
  remember(lane: string, cursor: Cursor): void {
    const kept = this.#lanes.get(lane) ?? []
    this.#lanes.set(lane, kept)
    if (kept.some(({ position }) => position === cursor.position)) return
    kept.push(cursor)
    if (kept.length > CURSORS_PER_LANE_MAX) kept.shift()
  }

  /**
   * The nearest known place at or before a position of a segment; at worst the segment's beginning.
   */
  nearest(lane: string, segment: number, position: number): Cursor {
    let nearest: Cursor = { segment, position: segment, byte: 0 }
    for (const cursor of this.#lanes.get(lane) ?? []) {
      if (cursor.segment !== segment || cursor.position > position) continue
      if (cursor.position > nearest.position) nearest = cursor
    }
    return nearest
  }
}
