/**
 * `npm run torture:log`: every file operation of a long script meets every fault, on all
 * processors. `-- --seed S` takes another script; `--at N --fault NAME` sees one case again.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Tortured, type TortureOptions, torture } from './torture.ts'

const FAILURES_SHOWN = 20

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    at: { type: 'string' },
    fault: { type: 'string' },
  },
})
const options: TortureOptions = {
  seed: Number(values.seed),
  steps: Number(values.steps),
  ...(values.at === undefined ? {} : { at: Number(values.at) }),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
}

async function part(number: number, of: number): Promise<Tortured> {
  const child = fork(import.meta.filename, process.argv.slice(2))
  child.send({ ...options, part: { number, of } })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`part ${number} ended before it was done`)
  })
  const [tortured] = await Promise.race([once(child, 'message'), ended])
  return tortured as Tortured
}

function tell(parts: readonly Tortured[], started_ms: number): void {
  const failures = parts.flatMap((one) => one.failures)
  for (const failure of failures.slice(0, FAILURES_SHOWN)) process.stdout.write(`${failure}\n`)
  const names = new Set(parts.flatMap((one) => Object.keys(one.cases_by_fault)))
  for (const name of names) {
    const count = parts.reduce((sum, one) => sum + (one.cases_by_fault[name] ?? 0), 0)
    process.stdout.write(`${name.padEnd(28)} ${String(count).padStart(6)}\n`)
  }
  const cases = parts.reduce((sum, one) => sum + one.cases, 0)
  const seconds = ((performance.now() - started_ms) / 1_000).toFixed(1)
  process.stdout.write(
    `seed ${options.seed}: ${options.steps} steps, ${parts[0]?.operations} file operations, ` +
      `${cases} cases, ${failures.length} failed, ${seconds} s\n`,
  )
  process.exitCode = failures.length > 0 || cases === 0 ? 1 : 0
}

if (process.send) {
  process.once('message', async (asked: TortureOptions) => {
    process.send?.(await torture(asked), () => process.disconnect())
  })
} else {
  const started_ms = performance.now()
  const parts = Array.from({ length: availableParallelism() }, (_, number) => number)
  tell(await Promise.all(parts.map((number) => part(number, parts.length))), started_ms)
}
