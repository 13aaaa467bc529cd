/**
 * Since when records wait, lane by lane: it remembers how long each lane was at which moment. The
 * log itself does not say when a record came, and reading one to find out would cost more.
 */
import type { LaneStatus, Offsets } from '../log/contract.ts'
import type { Clock } from '../std/clock.ts'

interface Seen {
  readonly durable_position: number
  /** When the lane was seen to be this long first. */
  readonly at_ms: number
}

/** Beyond it every second one is forgotten: what waits for long is then told less exactly. */
const SEEN_MAX = 256

export class LaneAges {
  readonly #clock: Clock
  readonly #lanes = new Map<string, Seen[]>()
  /** What waited already when the first look was taken has waited since the last batch, at most. */
  readonly #before_ms: number

  /** `before_ms` is when the last batch committed; the clock's now where there was none. */
  constructor(clock: Clock, before_ms: number | null) {
    this.#clock = clock
    this.#before_ms = before_ms ?? clock.now_ms()
  }

  note(lanes: readonly LaneStatus[], offsets: Offsets): void {
    for (const { lane, durable_position } of lanes) {
      const known = this.#lanes.get(lane)
      const at_ms = known ? this.#clock.now_ms() : this.#before_ms
      const offset = offsets.get(lane) ?? 0
      const seen = (known ?? []).filter((one) => one.durable_position > offset)
      const last = known?.at(-1)
      if (!last || last.durable_position < durable_position) seen.push({ durable_position, at_ms })
      // The last is kept though it is in the tables: it tells what came after it.
      if (seen.length === 0 && last) seen.push(last)
      this.#lanes.set(lane, seen.length > SEEN_MAX ? thinned(seen) : seen)
    }
  }

  /** How long the oldest record beyond the offsets that were noted last has waited. */
  waiting_s(lane: string): number {
    const [oldest] = this.#lanes.get(lane) ?? []
    return oldest ? Math.max(0, this.#clock.now_ms() - oldest.at_ms) / 1_000 : 0
  }
}

/** The first stays: what waits longest is what counts. */
function thinned(seen: readonly Seen[]): Seen[] {
  return seen.filter((_, at) => at % 2 === 0)
}
