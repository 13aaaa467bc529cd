/** The frame that all commands share: finding them, their options, settings, errors, exit codes. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { SETTINGS } from '../../src/std/settings.ts'
import { runHere } from './surroundings.ts'

test('help lists the commands alphabetically, each with what it does', async () => {
  const { code, stdout } = await runHere(['--help'])
  const commands = stdout.match(/^ {2}[a-z]+(?= {2,}\S)/gm)?.map((name) => name.trim()) ?? []
  assert.equal(code, 0)
  assert.ok(commands.includes('up'))
  assert.deepEqual(commands, commands.toSorted())
})

test('help of a command shows its own options and the shared ones', async () => {
  const asked = await runHere(['help', 'up'])
  assert.equal(asked.code, 0)
  for (const option of ['--demo', '--data DIR', '--config FILE', '--json']) {
    assert.ok(asked.stdout.includes(option), option)
  }
  assert.equal((await runHere(['up', '--help'])).stdout, asked.stdout)
})

test('help of the settings shows every setting as an option', async () => {
  const { stdout } = await runHere(['help', 'settings'])
  for (const name of Object.keys(SETTINGS)) {
    assert.ok(stdout.includes(`--${name.replaceAll('_', '-')} `), name)
  }
})

test('a misspelt command or option is answered with the nearest one, exit code 2', async () => {
  const command = await runHere(['upp'])
  assert.deepEqual([command.code, command.stdout], [2, ''])
  assert.equal(command.stderr, 'USAGE: There is no command upp. Did you mean up?\n')
  const option = await runHere(['up', '--prot', '1'])
  assert.equal(option.code, 2)
  assert.equal(option.stderr, 'USAGE: There is no option --prot. Did you mean --port?\n')
})

test('a word that is near to nothing gets no guess', async () => {
  const { stderr } = await runHere(['frobnicate'])
  assert.equal(stderr, 'USAGE: There is no command frobnicate. See `clickpath --help`.\n')
})

test('names of things that every object has are no commands and no options', async () => {
  assert.match((await runHere(['constructor'])).stderr, /^USAGE: There is no command constructor/)
  assert.match((await runHere(['up', '--toString', 'x'])).stderr, /^USAGE: There is no option/)
})

test('an option says when its value is missing, and when it takes none', async () => {
  const missing = await runHere(['up', '--data'])
  assert.equal(missing.stderr, 'USAGE: --data needs a value: --data DIR.\n')
  const superfluous = await runHere(['up', '--demo=yes'])
  assert.equal(superfluous.stderr, 'USAGE: --demo takes no value.\n')
})

test('mistaken settings are told all at once, before anything starts', async () => {
  const { code, stderr } = await runHere(['up', '--port', 'x', '--threads', '0'])
  assert.equal(code, 2)
  assert.match(stderr, /^SETTINGS_INVALID: /)
  assert.match(stderr, /port is x; it must be a number from 0 to 65535/)
  assert.match(stderr, /threads is 0; it must be a number from 1 to/)
})

test('errors are JSON with --json', async () => {
  const { stderr } = await runHere(['up', '--port', '-1', '--json'])
  const error = JSON.parse(stderr) as { code: string; message: string }
  assert.equal(error.code, 'SETTINGS_INVALID')
  assert.match(error.message, /port/)
})

test('settings of the config file count, and are checked like all others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath config '))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'clickpath.config.js'), 'export default { settings: { prot: 1 } }')
  const { code, stderr } = await runHere(['up'], folder)
  assert.equal(code, 2)
  assert.match(stderr, /^SETTINGS_INVALID: .*\nprot is not a setting\. Settings: host, port,/)
})
