/**
 * How far a long task has come: a bar that is drawn over itself on a terminal, a line every few
 * seconds elsewhere. It writes to standard error, so that results stay clean.
 */
import type { Clock } from '../std/clock.ts'
import type { Output } from './command.ts'
import { bytesText, countText, durationText } from './numbers.ts'

const BAR_WIDTH = 24
const REDRAW_MS = 100
const LINE_MS = 5_000

export interface ProgressOptions {
  readonly output: Output
  readonly clock: Clock
  /** What is being worked on: `2019-Oct.csv.gz`. */
  readonly label: string
  /** Bytes in all, if known: they give the share done and the time left. */
  readonly bytes_total: number | null
}

export class Progress {
  readonly #options: ProgressOptions
  readonly #started_ms: number
  #shown_ms: number

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#started_ms = options.clock.now_ms()
    this.#shown_ms = this.#started_ms
  }

  /** Told as often as one likes; drawn now and then. */
  update(bytes: number, rows: number): void {
    const { output, clock } = this.#options
    const now_ms = clock.now_ms()
    if (now_ms - this.#shown_ms < (output.isTTY ? REDRAW_MS : LINE_MS)) return
    this.#shown_ms = now_ms
    const line = this.#line(bytes, rows, now_ms - this.#started_ms)
    output.write(output.isTTY ? `\r\x1b[K${line.slice(0, output.columns - 1)}` : `${line}\n`)
  }

  /** Removes the bar; the caller says how it ended. */
  end(): void {
    if (this.#options.output.isTTY) this.#options.output.write('\r\x1b[K')
  }

  #line(bytes: number, rows: number, elapsed_ms: number): string {
    const { label, bytes_total } = this.#options
    const rate = elapsed_ms > 0 ? (rows / elapsed_ms) * 1_000 : 0
    const told = [`${countText(rows)} rows`, `${countText(rate)}/s`]
    if (bytes_total === null || bytes_total === 0)
      return [label, bytesText(bytes), ...told].join(' · ')
    const share = Math.min(1, bytes / bytes_total)
    const filled = Math.round(share * BAR_WIDTH)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
    const left_ms = share > 0 ? (elapsed_ms / share) * (1 - share) : 0
    const left = share > 0 ? [`${durationText(left_ms)} left`] : []
    return [`${label} ${bar} ${Math.floor(share * 100)} %`, ...told, ...left].join(' · ')
  }
}
