#!/usr/bin/env node
// Starts Clickpath. Plain JavaScript for any Node, since the first thing to do may be to change to
// the Node that Clickpath needs: it comes with the checkout as the npm package `node`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NEEDED = [24, 6]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) await run()
else again()

async function run() {
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const compiled = new URL('../dist/cli/main.js', import.meta.url)
  const { runProcess } = await import((existsSync(source) ? source : compiled).href)
  await runProcess()
}

/** Runs the same command line with the Node of the package, as if it had been that one at once. */
function again() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const node = fileURLToPath(new URL(`../node_modules/node/bin/${file}`, import.meta.url))
  if (!existsSync(node)) {
    const { node: present } = process.versions
    console.error(
      `NODE_TOO_OLD: Clickpath needs Node ${NEEDED.join('.')} or newer; this is ${present}. ` +
        'Install Node 24; in a checkout, `npm start` or `npm test` once brings it.',
    )
    process.exit(1)
  }
  const own = fileURLToPath(import.meta.url)
  const flags = ['--disable-warning=ExperimentalWarning']
  const child = spawn(node, [...flags, own, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : code)
  })
}
