/** Durations, all of them kept, so that a percentile is one that was really measured. */

export interface LatencySummary {
  readonly count: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
}

export class Latencies {
  #values = new Float64Array(65_536)
  #count = 0

  add(duration_ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = duration_ms
  }

  /** Zeros where nothing was measured; `count` says so. */
  summary(): LatencySummary {
    const sorted = this.#values.slice(0, this.#count).sort()
    return {
      count: this.#count,
      p50_ms: percentile(sorted, 0.5),
      p99_ms: percentile(sorted, 0.99),
      max_ms: sorted.at(-1) ?? 0,
    }
  }
}

/** The smallest value that at least this share of all does not exceed (nearest rank). */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * sorted.length)
  return sorted[Math.max(0, rank - 1)] ?? 0
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
