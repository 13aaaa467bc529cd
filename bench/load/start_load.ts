/** Runs a load in the generator's own process. */
import { fileURLToPath } from 'node:url'
import { type Children, within } from '../children.ts'
import type { FromGenerator, LoadPlan, LoadResult } from './plan.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))
/** Starting the generator, and its wait for the last answers. */
const AROUND_MS_MAX = 30_000

export interface RunningLoad {
  /** Resolves when the warm-up is over. */
  readonly measuring: Promise<void>
  readonly result: Promise<LoadResult>
  /** Ends it before its time; then there is no result. */
  stop(): void
}

export function startLoad(children: Children, plan: LoadPlan): RunningLoad {
  const child = children.fork(GENERATOR)
  const measuring = Promise.withResolvers<void>()
  const done = Promise.withResolvers<LoadResult>()
  const fail = (reason: string) => {
    const error = new Error(`the load generator failed: ${reason}`)
    measuring.reject(error)
    done.reject(error)
  }
  child.on('message', (message: FromGenerator) => {
    if (message.kind === 'measuring') measuring.resolve()
    else if (message.kind === 'done') done.resolve(message.result)
    else fail(message.reason)
  })
  child.on('close', (code) => fail(`it ended with ${code}`))
  child.send(plan)
  const most_ms = (plan.warmup_s + plan.measured_s) * 1_000 + AROUND_MS_MAX
  const result = within(most_ms, 'the load', done.promise)
  // Whoever waits for one of the two is told; the other must not end the bench before that.
  measuring.promise.catch(() => undefined)
  result.catch(() => undefined)
  return { measuring: measuring.promise, result, stop: () => void child.kill() }
}
