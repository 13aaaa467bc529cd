/**
 * `npm run torture:log`: every file operation of a long script meets every fault. `-- --seed S`
 * takes another script; `--at N --fault NAME` sees one case again.
 */
import { parseArgs } from 'node:util'
import { torture } from './torture.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    at: { type: 'string' },
    fault: { type: 'string' },
  },
})
const FAILURES_SHOWN = 20

const started_ms = performance.now()
const { operations, cases, cases_by_fault, failures } = await torture({
  seed: Number(values.seed),
  steps: Number(values.steps),
  ...(values.at === undefined ? {} : { at: Number(values.at) }),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
})
const seconds = ((performance.now() - started_ms) / 1_000).toFixed(1)
for (const failure of failures.slice(0, FAILURES_SHOWN)) process.stdout.write(`${failure}\n`)
for (const [name, count] of Object.entries(cases_by_fault)) {
  process.stdout.write(`${name.padEnd(28)} ${String(count).padStart(6)}\n`)
}
process.stdout.write(
  `seed ${values.seed}: ${values.steps} steps, ${operations} file operations, ${cases} cases, ` +
    `${failures.length} failed, ${seconds} s\n`,
)
process.exitCode = failures.length > 0 ? 1 : 0
