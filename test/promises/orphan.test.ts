import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { dataFolder, isAlive, until } from '../cli/up_process.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')

/** A supervisor that is killed as soon as it has started its child, which it names before. */
const SHORT_LIVED = `
  const { fork } = require('node:child_process')
  const [, program, ...args] = process.argv
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc']
  const env = { ...process.env, NODE_OPTIONS: process.env.CHILD_OPTIONS }
  const child = fork(program, args, { stdio, env })
  require('node:fs').writeSync(1, String(child.pid))
  process.kill(process.pid, 'SIGKILL')
`

/** A machine so busy that the child comes to nothing before its supervisor is gone. */
const SLOW_START = '--import=data:text/javascript,await(new(Promise)(r=>setTimeout(r,500)))'

for (const role of ['collect', 'process']) {
  test(`${role} ends when its supervisor was killed before it could listen for that`, async (t) => {
    const args = [role, '--data', dataFolder(t), '--supervised', '--port', '0']
    const parent = spawn(process.execPath, ['-e', SHORT_LIVED, PROGRAM, ...args], {
      env: { ...process.env, CHILD_OPTIONS: SLOW_START },
    })
    let told = ''
    parent.stdout.on('data', (text) => {
      told += text
    })
    await once(parent, 'close')
    const pid = Number(told)
    assert.ok(pid > 0, `the parent told "${told}"`)
    t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
    await until(`the end of process ${pid}`, () => !isAlive(pid))
  })
}
