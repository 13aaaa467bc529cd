// Everything that must hold before a change is good: types, lint and format, tests. All three run,
// so that one look shows all that is wrong. `npm test -- test/log/*.test.ts` runs some tests alone.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Tests that start Kafka and Spark; only when they are asked for: `npm run test:cluster`. */
const CLUSTER = 'test/cluster/'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const files = process.argv.slice(2)
const failed = []

if (files.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '-p', '.'])
  check('types of the page', ['node_modules/typescript/bin/tsc', '-p', 'web'])
  check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'])
}
runTests(files.length > 0 ? files : ownTests())
if (failed.length > 0) {
  process.stdout.write(`\nfailed: ${failed.join(', ')}\n`)
  process.exit(1)
}

/** Says nothing but its name while all is well. */
function check(name, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
  })
  process.stdout.write(`${name}: ${status === 0 ? 'ok' : 'FAILED'}\n`)
  if (status === 0) return
  process.stdout.write(`${stdout}${stderr}\n`)
  failed.push(name)
}

function ownTests() {
  const paths = globSync('test/**/*.test.ts', { cwd: ROOT }).sort()
  return paths.filter((path) => !path.startsWith(CLUSTER))
}

function runTests(paths) {
  // Those share one machine with the servers that they start, and wait for these.
  const cluster = paths.every((path) => path.startsWith(CLUSTER))
  const reporter = new URL('reporter.mjs', import.meta.url).href
  const { status } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--test',
      // A machine of two cores runs two files at once; a test that hangs fails.
      `--test-concurrency=${cluster ? 1 : 2}`,
      `--test-timeout=${cluster ? 900_000 : 180_000}`,
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
      ...paths.map((path) => join(path)),
    ],
    { cwd: ROOT, stdio: 'inherit' },
  )
  if (status !== 0) failed.push('tests')
}
