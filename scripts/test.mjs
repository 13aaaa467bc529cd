// Everything that must hold before a change is good: types, lint and format, tests. All three run,
// so that one look shows all that is wrong. `npm test -- test/log/*.test.ts` runs some tests alone.
// With CLICKPATH_TEST_AGAIN=1 the few files that failed run once more, alone; those that pass then
// are named as flaky and let the change pass: a busy machine must not refuse a good one.
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Tests that start Kafka and Spark; only when they are asked for: `npm run test:cluster`. */
const CLUSTER = 'test/cluster/'
/** More failed files than this are no accident. */
const AGAIN_MAX = 3

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const files = process.argv.slice(2)
const failed = []

if (files.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '-p', '.'])
  check('types of the page', ['node_modules/typescript/bin/tsc', '-p', 'web'])
  check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'])
}
const failing = runTests(files.length > 0 ? files : ownTests())
if (failing.length > 0 && !passAgain(failing)) failed.push('tests')
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

/** Answers the files in which something failed. */
function runTests(paths) {
  // Those share one machine with the servers that they start, and wait for these.
  const cluster = paths.every((path) => path.startsWith(CLUSTER))
  const notes = mkdtempSync(join(tmpdir(), 'clickpath-tests-'))
  const failures = join(notes, 'failed')
  const { status } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--test',
      // A machine of two cores runs two files at once; a test that hangs fails.
      `--test-concurrency=${cluster ? 1 : 2}`,
      `--test-timeout=${cluster ? 900_000 : 180_000}`,
      ...reporter('reporter.mjs', 'stdout'),
      ...reporter('failed_files.mjs', failures),
      ...paths.map((path) => join(path)),
    ],
    { cwd: ROOT, stdio: 'inherit' },
  )
  const named = readFileSync(failures, 'utf8').split('\n').filter(Boolean)
  rmSync(notes, { recursive: true })
  return status === 0 ? [] : named.length > 0 ? named : paths
}

function reporter(file, destination) {
  const { href } = new URL(file, import.meta.url)
  return [`--test-reporter=${href}`, `--test-reporter-destination=${destination}`]
}

function passAgain(failing) {
  if (process.env.CLICKPATH_TEST_AGAIN !== '1' || failing.length > AGAIN_MAX) return false
  process.stdout.write('\nagain, alone:\n')
  const flaky = failing.filter((path) => runTests([path]).length === 0)
  for (const path of flaky) process.stdout.write(`FLAKY: ${path} failed first, then passed\n`)
  return flaky.length === failing.length
}
