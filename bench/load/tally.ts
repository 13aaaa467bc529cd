/** Counts answers: all of them, and apart those that came within the measured time. */
import { Latencies } from '../measure/latencies.ts'
import type { Answer } from './connection.ts'
import type { LoadPlan, LoadResult } from './plan.ts'

export class Tally {
  /** The measured time, on this process's own clock. */
  readonly from_ms: number
  readonly to_ms: number
  /** Requests given up before they were sent. */
  unsent = 0
  readonly #plan: LoadPlan
  readonly #latencies = new Latencies()
  readonly #bySecond: number[]
  readonly #accepted: string
  #requests = 0
  #inAll = 0
  #refused = 0
  #firstRefusal: string | null = null
  #cpu: NodeJS.CpuUsage | undefined
  #cores = 0

  constructor(plan: LoadPlan, start_ms: number) {
    this.#plan = plan
    this.from_ms = start_ms + plan.warmup_s * 1_000
    this.to_ms = this.from_ms + plan.measured_s * 1_000
    this.#bySecond = Array.from({ length: Math.ceil(plan.measured_s) }, () => 0)
    const segment = plan.kind === 'full' && plan.door === 'segment'
    this.#accepted = segment ? '"success":true' : `"accepted":${plan.batch},"invalid":0,`
  }

  note({ status, body }: Answer, began_ms: number, now_ms: number): void {
    const accepted = status === 200 && body.includes(this.#accepted)
    if (!accepted) {
      this.#refused++
      this.#firstRefusal ??= `${status} ${body.slice(0, 300)}`
      return
    }
    this.#inAll += this.#plan.batch
    if (now_ms < this.from_ms || now_ms >= this.to_ms) return
    const second = Math.floor((now_ms - this.from_ms) / 1_000)
    this.#bySecond[second] = (this.#bySecond[second] ?? 0) + this.#plan.batch
    this.#requests++
    this.#latencies.add(now_ms - began_ms)
  }

  /** Call at both ends of the measured time. */
  noteCpu(): void {
    const { user, system } = process.cpuUsage(this.#cpu)
    if (this.#cpu) this.#cores = (user + system) / 1e6 / this.#plan.measured_s
    else this.#cpu = process.cpuUsage()
  }

  result(): LoadResult {
    return {
      acknowledgements: this.#latencies.summary(),
      measured_s: this.#plan.measured_s,
      requests: this.#requests,
      events: this.#requests * this.#plan.batch,
      events_by_second: this.#bySecond,
      events_in_all: this.#inAll,
      refused: this.#refused,
      first_refusal: this.#firstRefusal,
      unsent: this.unsent,
      generator_cores: this.#cores,
    }
  }
}
