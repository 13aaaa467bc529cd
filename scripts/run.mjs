// `npm start`, `npm test` and the like on any machine with Node 18 or newer and npm: installs what
// is missing, then works with the Node that Clickpath needs; that comes as the npm package `node`.
// Plain JavaScript, and nothing of node_modules: it runs before those exist.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NODE_NEEDED = [24, 6]
const NODE_PACKAGE = join(ROOT, 'node_modules', 'node')
const NODE = join(NODE_PACKAGE, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const FLAGS = ['--disable-warning=ExperimentalWarning']

/** What each task runs: a program of this folder and its first arguments. */
const TASKS = {
  build: ['scripts/build_web.ts'],
  cluster: ['deploy/cluster/main.ts'],
  docs: ['scripts/docs.ts'],
  screenshots: ['test/web/screenshots.ts'],
  start: ['bin/clickpath.js', 'up', '--demo'],
  test: ['scripts/test.mjs'],
  'test-cluster': ['scripts/test_cluster.ts'],
}

/** What shows the page, or looks at it, needs it built. */
const NEED_PAGE = ['screenshots', 'start', 'test']

const [task = '', ...more] = process.argv.slice(2)
if (!Object.hasOwn(TASKS, task)) {
  fail(`There is no task "${task}". Tasks: ${Object.keys(TASKS).join(', ')}.`)
}
installWhenNeeded()
const node = requireNode()
if (NEED_PAGE.includes(task)) buildPageWhenStale(node)
const [program, ...args] = TASKS[task]
await hand([...FLAGS, join(ROOT, program), ...args, ...more], node)

function installWhenNeeded() {
  if (isInstalled()) return
  say('Installing what Clickpath needs (npm install); about a minute at most ...')
  // As locked, and nothing is written to the lock file. Tricky: `npm ci` would refuse a lock file
  // that lacks an optional package of another system, though that one is never installed here.
  // Development packages too, whatever NODE_ENV says: the Node to run with is one of them.
  const flags = ['--no-save', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const { status } = npm(['install', ...flags, '--loglevel=error'])
  if (status !== 0) {
    fail('npm could not install; its message is above. Check the network, then run it again.')
  }
  say('Installed.')
}

/** npm notes what it installed; every package of the lock file must be there as locked. */
function isInstalled() {
  const locked = packagesOf(join(ROOT, 'package-lock.json'))
  const present = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'))
  if (!locked || !present) return false
  return Object.entries(locked).every(
    ([path, { integrity, optional }]) =>
      path === '' || optional || present[path]?.integrity === integrity,
  )
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined
}

/** The Node to run with: the package's, mended where npm ran no install script; or this one. */
function requireNode() {
  if (runs(NODE)) return NODE
  if (isNewEnough(process.versions.node)) return process.execPath
  say('Fetching Node for Clickpath, since npm runs no install scripts here ...')
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd: NODE_PACKAGE })
  if (runs(NODE)) return NODE
  return fail(
    `Clickpath needs Node ${NODE_NEEDED.join('.')} or newer; this is ${process.versions.node}. ` +
      'The npm package `node`, which brings it, did not install. Allow its install script ' +
      '(npm config set ignore-scripts false; npm rebuild node), or install Node 24.',
  )
}

/** Also false for a binary of another system, as after copying the folder between machines. */
function runs(node) {
  if (!existsSync(node)) return false
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 && isNewEnough(stdout.slice(1))
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1])
}

function buildPageWhenStale(node) {
  const script = join(ROOT, 'scripts', 'build_web.ts')
  const { status } = spawnSync(node, [...FLAGS, script, '--when-stale'], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) fail('The page could not be built; why stands above.')
}

function npm(args) {
  const script = process.env.npm_execpath
  // Its progress goes to standard error with ours; standard output is the task's.
  const options = { cwd: ROOT, stdio: ['ignore', 2, 2] }
  if (script?.endsWith('.js')) return spawnSync(process.execPath, [script, ...args], options)
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** Runs it as if it had been started at once: same terminal, same signals, same exit code. */
function hand(args, node) {
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise(() => {
    child.on('exit', (code, signal) => {
      process.exit(signal ? 128 + constants.signals[signal] : code)
    })
  })
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(line) {
  say(line)
  process.exit(1)
}
