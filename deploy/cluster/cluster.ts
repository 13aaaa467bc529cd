/**
 * A cluster as a whole and its single parts: start, end, kill, start again with the same data. All
 * of it works on a run folder, so what one process started another one can end.
 */
import { rmSync } from 'node:fs'
import { ClusterError } from './cluster_error.ts'
import { fetchJars, jarsOf, type Say } from './jars.ts'
import { type Java, requireJava } from './java.ts'
import { kafkaParts, requireSameBrokers } from './kafka.ts'
import { withLock } from './lock.ts'
import { type ClusterOptions, wordsFor } from './options.ts'
import { madeFolder, type Part, type RunFolder, runFolder, wordsOf } from './part.ts'
import { requireFree } from './ports.ts'
import { endProcess, isRunning, killProcess, startProcess } from './processes.ts'
import { waitUntilReady } from './ready.ts'
import { sparkParts } from './spark.ts'
import { readState, type State, writeState } from './state.ts'

/**
 * Of three brokers that are told to end the last one waits minutes for the others, to hand over
 * what it leads. Ending it hard costs a check of its files at the next start, and no message.
 */
const LAST_BROKER_MS_MAX = 5_000

/** In the order in which they start. */
export function partsOf(options: ClusterOptions, folder: RunFolder): readonly Part[] {
  return [
    ...kafkaParts(options, jarsOf('kafka'), folder),
    ...sparkParts(options, jarsOf('spark'), folder),
  ]
}

/**
 * Starts what does not run yet, and comes back when all of it answers. Fetches Kafka and Spark
 * first where needed. Throws `ClusterError`; what it had started itself is ended then.
 */
export async function up(path: string, options: ClusterOptions, say: Say): Promise<void> {
  const folder = runFolder(path)
  await withLock(path, say, async () => {
    const java = requireJava()
    const running = await runningParts(folder)
    if (running.length > 0) requireSameOptions(readState(folder), options, path)
    requireSameBrokers(options, folder)
    const parts = partsOf(options, folder).filter(({ name }) => !running.includes(name))
    if (parts.length === 0) return
    for (const system of new Set(parts.map(({ system }) => system))) await fetchJars(system, say)
    writeState(folder, { options, parts: readState(folder)?.parts ?? {} })
    await startParts(parts, java, folder, say)
  })
}

/** Ends what was started in the folder and still runs; answers the names. */
export async function down(
  path: string,
  data: 'keep' | 'wipe',
  say: Say,
): Promise<readonly string[]> {
  const folder = runFolder(path)
  if (readState(folder) === null) return []
  return withLock(path, say, async () => {
    const state = requireState(folder)
    const names = await runningParts(folder)
    const parts = partsOf(state.options, folder).filter(({ name }) => names.includes(name))
    // Spark first: it would complain of every broker that goes.
    for (const system of ['spark', 'kafka'] as const) {
      for (const group of inTurn(parts.filter((part) => part.system === system))) {
        const most_ms = system === 'kafka' && group.length > 1 ? LAST_BROKER_MS_MAX : undefined
        await Promise.all(group.map((part) => endPart(folder, part.name, say, most_ms)))
      }
    }
    writeState(folder, { ...state, parts: {} })
    if (data === 'wipe') for (const path of [folder.data, folder.logs]) remove(path)
    return parts.map(({ name }) => name)
  })
}

/** Starts a part that was ended or killed, with its data, and waits until it answers. */
export async function startPart(path: string, name: string, say: Say): Promise<void> {
  const folder = runFolder(path)
  await withLock(path, say, async () => {
    const { options } = requireState(folder)
    const part = partsOf(options, folder).find((one) => one.name === name)
    if (!part) throw new ClusterError(`This cluster has no ${name}.`)
    if ((await runningParts(folder)).includes(name)) return
    await startParts([{ ...part, after: [] }], requireJava(), folder, say)
  })
}

/** Ends one part: in good order, or at once as a machine that loses its power. */
export async function stopPart(
  path: string,
  name: string,
  how: 'in good order' | 'killed',
  say: Say,
): Promise<void> {
  const folder = runFolder(path)
  await withLock(path, say, async () => {
    const started = requireState(folder).parts[name]
    if (!started) throw new ClusterError(`This cluster has no ${name}.`)
    if (how === 'killed') await killProcess(started)
    else await endPart(folder, name, say)
  })
}

async function startParts(
  parts: readonly Part[],
  java: Java,
  folder: RunFolder,
  say: Say,
): Promise<void> {
  await requireFree(parts.flatMap(({ ports }) => ports))
  madeFolder(folder.data)
  madeFolder(folder.logs)
  const failed = new AbortController()
  const ready = new Map<string, Promise<void>>()
  for (const part of parts) {
    const before = part.after.map((name) => ready.get(name))
    ready.set(
      part.name,
      Promise.all(before).then(() => startOne(part, java, folder, failed, say)),
    )
  }
  const results = await Promise.allSettled(ready.values())
  const failure = results.find((result) => result.status === 'rejected')
  if (!failure) return
  for (const { name } of parts.toReversed()) await endPart(folder, name, () => undefined)
  // The first to fail is the one that the others were called off for.
  throw failed.signal.reason ?? failure.reason
}

async function startOne(
  part: Part,
  java: Java,
  folder: RunFolder,
  failed: AbortController,
  say: Say,
): Promise<void> {
  try {
    failed.signal.throwIfAborted()
    await part.prepare(java)
    failed.signal.throwIfAborted()
    say(`Starting ${part.name} ...`)
    const launch = part.launch(java)
    const since = new Date().toISOString()
    const process = await startProcess(java.command, launch, wordsOf(folder, part.name))
    const started = { ...process, version: jarsOf(part.system).version, since }
    const state = requireState(folder)
    writeState(folder, { ...state, parts: { ...state.parts, [part.name]: started } })
    await waitUntilReady(part, process, folder, failed.signal)
    say(`  ${part.name} answers at ${part.address}`)
  } catch (error) {
    failed.abort(error)
    throw error
  }
}

async function endPart(folder: RunFolder, name: string, say: Say, most_ms?: number): Promise<void> {
  const started = readState(folder)?.parts[name]
  if (!started || !(await isRunning(started))) return
  const how = await endProcess(started, most_ms)
  say(how === 'ended' ? `Ended ${name}` : `Killed ${name}: it did not end when told to`)
}

/** The names of those that run; what was started but has ended is not among them. */
async function runningParts(folder: RunFolder): Promise<readonly string[]> {
  const names: string[] = []
  for (const [name, started] of Object.entries(readState(folder)?.parts ?? {})) {
    if (await isRunning(started)) names.push(name)
  }
  return names
}

function requireState(folder: RunFolder): State {
  const state = readState(folder)
  if (state !== null) return state
  throw new ClusterError(`No cluster was started in ${folder.path}: npm run cluster:up`)
}

function requireSameOptions(state: State | null, options: ClusterOptions, path: string): void {
  const [given, known] = [wordsFor(options), state === null ? '' : wordsFor(state.options)]
  if (given === known) return
  throw new ClusterError(
    `In ${path} runs a cluster of another kind:\n  ${known}\nand not\n  ${given}\n` +
      'End it first (npm run cluster:down), or take another --dir and --port-base.',
  )
}

/** The parts in the opposite order of their start, those that may end together as one group. */
function inTurn(parts: readonly Part[]): readonly (readonly Part[])[] {
  const groups = Map.groupBy(parts, ({ after }) => after.join())
  return [...groups.values()].reverse()
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
