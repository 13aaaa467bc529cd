/** What the load generator is told, and what it tells at its end. */
import type { LatencySummary } from '../measure/latencies.ts'
import type { Door } from './requests.ts'

interface PlanBase {
  readonly url: string
  readonly connections: number
  /** Events of one request. */
  readonly batch: number
  /** Sent but not counted, so that every process is warm. */
  readonly warmup_s: number
  readonly measured_s: number
}

/** Each connection sends its next request as soon as its last one was answered. */
export interface FullLoad extends PlanBase {
  readonly kind: 'full'
  readonly door: Door
  readonly event_bytes: number
}

/** A shop's traffic at a rate, whether answers come in time or not. */
export interface PacedLoad extends PlanBase {
  readonly kind: 'paced'
  readonly events_per_second: number
  readonly users: number
  readonly products: number
}

export type LoadPlan = FullLoad | PacedLoad

export interface LoadResult {
  /** From a request to its answer; of paced load from when it was due. Measured time alone. */
  readonly acknowledgements: LatencySummary
  readonly measured_s: number
  readonly requests: number
  readonly events: number
  /** Acknowledged events of each whole second. */
  readonly events_by_second: readonly number[]
  /** Warm-up and what came after the measured time included: what the log must hold. */
  readonly events_in_all: number
  /** Requests answered otherwise than by 200 with every event accepted. */
  readonly refused: number
  readonly first_refusal: string | null
  /** Requests that were due and found every connection busy for too long. */
  readonly unsent: number
  /** The generator's own use: at one whole core it is itself the bottleneck. */
  readonly generator_cores: number
}

export type ToGenerator = LoadPlan
export type FromGenerator =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string }
