/**
 * A process that tells all scenarios at once to engines of their own, until it is killed, and what
 * its parent knows of it: how much of each was acknowledged. Run as a program: `killed_child.ts
 * DIRECTORY STACK SEED`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Batches, cut, randomFor, straight } from './deliveries.ts'
import { readScenario, type Scenario, scenarioNames } from './scenario.ts'
import { STACKS, type Stack } from './stacks.ts'

/** Small batches, so that a kill comes in the middle of many. */
const BATCHES = 8
const FLAGS = ['--disable-warning=ExperimentalWarning']

/** Each scenario's records in the batches in which the process tells them. */
export function batchesToKill(scenario: Scenario, seed: number): Batches {
  const random = randomFor(seed, scenario.name, 'killed')
  return cut(straight.batches(scenario, random).flat(), random, BATCHES)
}

async function tell(directory: string, stack: Stack, scenario: Scenario, seed: number) {
  const open = await stack.open(join(directory, scenario.name), scenario.settings)
  return async () => {
    for (const [number, batch] of batchesToKill(scenario, seed).entries()) {
      await open.append(batch)
      writeSync(1, `${scenario.name} ${number + 1}\n`)
      await open.engine.catchUp()
    }
  }
}

export interface Killed {
  /** Batches of each scenario that were durable when it was killed; of one more it is not known. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly signal: NodeJS.Signals | null
}

/** Starts the process and kills it with SIGKILL after so many acknowledged batches in all. */
export async function killedAfter(
  acknowledged_max: number,
  { directory, stack, seed }: { directory: string; stack: Stack; seed: number },
): Promise<Killed> {
  const args = [...FLAGS, import.meta.filename, directory, stack.name, String(seed)]
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('the child has no output')
  const acknowledged = new Map<string, number>()
  let heard = 0
  createInterface(child.stdout).on('line', (line) => {
    const [name = '', batches] = line.split(' ')
    acknowledged.set(name, Number(batches))
    heard += 1
    if (heard === acknowledged_max) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { acknowledged, signal }
}

if (import.meta.main) {
  const [directory = '', name, seed] = process.argv.slice(2)
  const stack = STACKS.find((one) => one.name === name)
  if (!stack) throw new Error(`There is no ${name}.`)
  const tellers: (() => Promise<void>)[] = []
  for (const scenario of scenarioNames().map(readScenario)) {
    tellers.push(await tell(directory, stack, scenario, Number(seed)))
  }
  await Promise.all(tellers.map((teller) => teller()))
}
