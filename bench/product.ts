/** The product as its users run it: processes of `bin/clickpath.js`, nothing of it in ours. */
import { resolve } from 'node:path'
import { type Children, type Ended, type Started, within } from './children.ts'
import type { Figures } from './run.ts'

const PROGRAM = resolve(import.meta.dirname, '../bin/clickpath.js')
const FLAGS = ['--disable-warning=ExperimentalWarning']
const START_MS_MAX = 30_000

export interface Serving extends Started {
  readonly url: string
  /** From the start of the process until it said that it serves. */
  readonly ready_ms: number
}

/** Settings as the command line takes them: `['--log', 'kafka://...']`. */
export type Words = readonly string[]

/** `clickpath collect` alone, with no engine; `profile` is a folder for a CPU profile of it. */
export async function startCollector(
  children: Children,
  directory: string,
  profile?: string,
  words: Words = [],
): Promise<Serving> {
  const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const args = ['collect', '--data', directory, '--port', '0', '--log-level', 'warn', ...words]
  return serve(children, [...FLAGS, ...node, PROGRAM, ...args], urlIn)
}

/** `clickpath up`: ready when collector, engine and page all serve. */
export async function startUp(
  children: Children,
  directory: string,
  words: Words = [],
): Promise<Serving> {
  const own = ['--port', '0', '--json', '--log-level', 'warn']
  const args = ['up', '--data', directory, ...own, ...words]
  return serve(children, [...FLAGS, PROGRAM, ...args], (line) => JSON.parse(line).url as string)
}

/** Any other command, to its end. */
export function startCommand(children: Children, args: readonly string[]): Started {
  return children.start([...FLAGS, PROGRAM, ...args])
}

/** Runs a command to its end and fails when it does. */
export async function runCommand(
  children: Children,
  most_ms: number,
  args: readonly string[],
): Promise<Ended> {
  const ended = await within(most_ms, `clickpath ${args[0]}`, startCommand(children, args).ended)
  if (ended.code === 0) return ended
  throw new Error(`clickpath ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`)
}

async function serve(
  children: Children,
  args: readonly string[],
  urlOf: (line: string) => string,
): Promise<Serving> {
  const began_ms = performance.now()
  const started = children.start(args)
  const line = await within(START_MS_MAX, 'starting', started.firstLine)
  return { ...started, url: urlOf(line), ready_ms: performance.now() - began_ms }
}

function urlIn(line: string): string {
  const url = /https?:\/\/\S+/.exec(line)?.[0]
  if (url === undefined) throw new Error(`no address in "${line}"`)
  return url
}

/** Every duration that a command with `--json` tells of itself, by its own name. */
export function durationsIn(stdout: string): Figures {
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const outcome = JSON.parse(last) as Readonly<Record<string, unknown>>
  const stages = (outcome.stages ?? {}) as Readonly<Record<string, unknown>>
  const durations = Object.entries({ ...outcome, ...stages }).filter(
    (entry): entry is [string, number] => entry[0].endsWith('_ms') && typeof entry[1] === 'number',
  )
  return Object.fromEntries(durations.map(([name, value]) => [`reported_${name}`, value]))
}
