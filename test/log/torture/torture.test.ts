import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const PROGRAM = join(import.meta.dirname, 'main.ts')
const SEED = 1
const STEPS = 20

// A process of its own: the test runner watches every promise, of which there are millions.
test('keeps its promises whatever happens at any file operation', (t) => {
  const flags = ['--disable-warning=ExperimentalWarning', PROGRAM]
  const options = ['--seed', `${SEED}`, '--steps', `${STEPS}`]
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, ...options], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, `${stdout}${stderr}`)
  const last = stdout.trim().split('\n').at(-1) ?? ''
  t.diagnostic(last)
  const cases = Number(/ (\d+) cases, 0 failed/.exec(last)?.[1])
  assert.ok(cases > 3_000, last)
})
