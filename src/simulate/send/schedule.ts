/**
 * The plan's clock. What is planned for an offset takes place at start + offset; but a plan that
 * fell behind (the collector was slow, or away) is not made up for in a burst: it slips. So the
 * rate is bounded at all times, and live events bear the time at which they are really sent.
 */
import type { Clock } from '../../std/clock.ts'
import type { TimeOf } from '../traffic.ts'

export class Schedule {
  readonly #clock: Clock
  readonly #catchUp_ms: number
  #slip_ms = 0
  readonly start_ms: number

  /** A delay of up to `catchUp_ms` is made up for; a longer one moves all that follows. */
  constructor(clock: Clock, catchUp_ms: number) {
    this.#clock = clock
    this.#catchUp_ms = catchUp_ms
    this.start_ms = clock.now_ms()
  }

  /** By how much the plan has moved so far, ms. */
  get slip_ms(): number {
    return this.#slip_ms
  }

  /** Offsets must not go back; earlier ones count as the latest. */
  readonly timeOf: TimeOf = (offset_ms) => {
    const planned_ms = this.start_ms + this.#slip_ms + offset_ms
    const behind_ms = this.#clock.now_ms() - planned_ms
    if (behind_ms <= this.#catchUp_ms) return planned_ms
    this.#slip_ms += behind_ms
    return planned_ms + behind_ms
  }
}
