/** `npm run torture:log`: see HELP. */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type OnOperation, type Tortured, type TortureOptions, torture } from './torture.ts'

const HELP = `npm run torture:log -- [--steps 60] [--seed 1] [--at N] [--fault NAME]

A script of appends, imports, reads, archiving, restarts and kills runs on a simulated computer,
once for each of its file operations and each fault that can happen there: a power cut that forgets
what was not synced, a torn or short write, a disk that is full, fails or hangs. After each,
whatever was acknowledged must be there. All processors take part.

  --steps N     of the script (60: some 1,100 file operations, minutes; 200: an hour)
  --seed S      what the script is drawn from (1)
  --at N        only the file operation of this number
  --fault NAME  only this fault

The exit code is 1 when anything was lost, doubled or invented, or no case was tried.
`

const FAILURES_SHOWN = 20
const PROGRESS_MS = 5_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '60' },
    at: { type: 'string' },
    fault: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const options: TortureOptions = {
  seed: Number(values.seed),
  steps: Number(values.steps),
  ...(values.at === undefined ? {} : { at: Number(values.at) }),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
}

/** What a part tells: how many operations there are in all, each time it is through with one. */
type Told = { readonly operations: number } | { readonly tortured: Tortured }

async function part(number: number, of: number, onOperation: OnOperation): Promise<Tortured> {
  const child = fork(import.meta.filename, process.argv.slice(2))
  child.send({ ...options, part: { number, of } })
  const { promise, resolve, reject } = Promise.withResolvers<Tortured>()
  child.on('message', (told: Told) => {
    if ('tortured' in told) resolve(told.tortured)
    else onOperation(told.operations)
  })
  child.once('exit', () => reject(new Error(`part ${number} ended before it was done`)))
  return promise
}

/** A line now and then, on standard error: how far it is, and how long it will take. */
function progress(): OnOperation {
  const began_ms = performance.now()
  let [done, told_ms] = [0, began_ms]
  return (operations) => {
    done += 1
    const now_ms = performance.now()
    if (now_ms - told_ms < PROGRESS_MS) return
    told_ms = now_ms
    const left_s = ((now_ms - began_ms) * (operations - done)) / done / 1_000
    process.stderr.write(
      `${done} of ${operations} file operations, some ${left_s.toFixed(0)} s left\n`,
    )
  }
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

if (values.help) process.stdout.write(HELP)
else if (process.send) {
  process.once('message', async (asked: TortureOptions) => {
    const tell = (told: Told, done = () => {}) => process.send?.(told, done)
    const tortured = await torture(asked, (operations) => tell({ operations }))
    tell({ tortured }, () => process.disconnect())
  })
} else {
  const started_ms = performance.now()
  const parts = Array.from({ length: availableParallelism() }, (_, number) => number)
  const onOperation = progress()
  const all = parts.map((number) => part(number, parts.length, onOperation))
  tell(await Promise.all(all), started_ms)
}
