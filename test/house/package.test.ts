/** The package as the registry would give it: compiled, without sources, in a folder elsewhere. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { dataFolder, runToEnd, startUp } from '../cli/up_process.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
}

/** A project of somebody who installed the package. */
const project = mkdtempSync(join(tmpdir(), 'clickpath installed '))
const installed = join(project, 'node_modules', 'clickpath')
const program = join(installed, 'bin', 'clickpath.js')

after(() => rmSync(project, { recursive: true, force: true }))

before(() => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['pack', '--foreground-scripts', '--pack-destination', project]
  const packed = spawnSync(npm, args, { cwd: ROOT, encoding: 'utf8' })
  assert.equal(packed.status, 0, `${packed.stdout}${packed.stderr}`)
  execFileSync('tar', ['-xzf', globSync('*.tgz', { cwd: project })[0] ?? ''], { cwd: project })
  mkdirSync(dirname(installed))
  cpSync(join(project, 'package'), installed, { recursive: true })
  for (const name of Object.keys(MANIFEST.dependencies)) {
    const place = join(project, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), place, 'junction')
  }
})

test('runs installed, from another folder, without our sources', async (t: TestContext) => {
  assert.deepEqual(globSync('**/*.ts', { cwd: installed, exclude: ['**/*.d.ts'] }), [])
  const version = await runToEnd(['--version'], { program, cwd: project })
  assert.deepEqual([version.stdout, version.stderr], [`${MANIFEST.version}\n`, ''])

  const up = await startUp(dataFolder(t), [], { program, cwd: project })
  assert.equal((await fetch(`${up.url}/ping`)).status, 200)
  assert.equal((await fetch(up.url)).status, 200)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})

test('says which packages Kafka and Spark need, where these are not installed', async (t) => {
  const where = ['--data', dataFolder(t), '--log-reserve-mb', '0']
  const run = (...words: string[]) => runToEnd([...words, ...where], { program, cwd: project })
  const kafka = await run('query', 'SELECT 1', '--log', 'kafka://127.0.0.1:1/events')
  assert.match(kafka.stderr, /USAGE: kafka:.* npm install @platformatic\/kafka@2/)
  const spark = await run('query', 'SELECT 1', '--engine', 'sc://127.0.0.1:1')
  assert.match(spark.stderr, /USAGE: sc:.* npm install @bufbuild\/protobuf@2 .*apache-arrow@21/)
})
