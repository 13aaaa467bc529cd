/**
 * Reads a CPU profile of the collector: where its main thread spends its time, by part of the
 * product and by function. What runs off that thread (file writes and syncs, inflating) is not in
 * it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
  }
  readonly children?: readonly number[]
}

export interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds. */
  readonly timeDeltas: readonly number[]
}

export interface FunctionTime {
  /** The function and where it stands. */
  readonly name: string
  readonly percent: number
}

export interface Spent {
  /** Part of the product to its share of the time that was not idle. */
  readonly parts: ReadonlyMap<string, number>
  /** The costliest by their own time, what they call left out; native code by its own name. */
  readonly functions: readonly FunctionTime[]
  /** The share of the whole time in which the thread did anything. */
  readonly busy_percent: number
}

/** The first that fits the file of a function. */
const PARTS: readonly (readonly [part: string, file: RegExp])[] = [
  ['split_and_fields', /src\/collect\/(formats|fields|columns|shape)/],
  ['steps', /src\/collect\/(steps|times)/],
  ['take_and_serialise', /src\/collect\/(take|record_lines)/],
  ['log', /src\/log\/|node:internal\/fs|node:fs/],
  ['body', /src\/collect\/body/],
  ['collect_http', /src\/collect\//],
  ['node_http', /^(node|wasm):/],
]

/** The one profile in a folder. */
export function readProfile(folder: string): Profile {
  const name = readdirSync(folder).find((one) => one.endsWith('.cpuprofile'))
  if (name === undefined) throw new Error(`no CPU profile in ${folder}`)
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile
}

/** What was spent after the first `skipped_ms`: starting is another matter. */
export function spentIn(profile: Profile, skipped_ms: number, functions_max: number): Spent {
  const own_us = ownTimes(profile, skipped_ms * 1_000)
  const partById = partsOf(profile.nodes)
  const parts = new Map<string, number>()
  const functions = new Map<string, number>()
  let [busy_us, all_us] = [0, 0]
  for (const node of profile.nodes) {
    const spent_us = own_us.get(node.id) ?? 0
    all_us += spent_us
    if (node.callFrame.functionName === '(idle)') continue
    busy_us += spent_us
    add(parts, partById.get(node.id) as string, spent_us)
    add(functions, nameOf(node), spent_us)
  }
  const percent = (spent_us: number) => (100 * spent_us) / busy_us
  const costliest = [...functions].sort((one, other) => other[1] - one[1])
  return {
    parts: new Map([...parts].map(([part, spent_us]) => [part, percent(spent_us)])),
    functions: costliest
      .slice(0, functions_max)
      .map(([name, spent_us]) => ({ name, percent: percent(spent_us) })),
    busy_percent: (100 * busy_us) / all_us,
  }
}

function ownTimes(
  { samples, timeDeltas }: Profile,
  skipped_us: number,
): ReadonlyMap<number, number> {
  const own_us = new Map<number, number>()
  let passed_us = 0
  for (const [index, id] of samples.entries()) {
    const spent_us = timeDeltas[index] ?? 0
    passed_us += spent_us
    if (passed_us > skipped_us) add(own_us, id, spent_us)
  }
  return own_us
}

/** Native code belongs to whoever called it. Parents stand before their children. */
function partsOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])))
  const parts = new Map<number, string>()
  for (const { id, callFrame } of nodes) {
    const { url, functionName } = callFrame
    const parent = parts.get(parents.get(id) ?? -1) ?? 'other'
    parts.set(id, url === '' ? nativePart(functionName, parent) : partOf(url))
  }
  return parts
}

function nativePart(functionName: string, parent: string): string {
  if (functionName === '(garbage collector)') return 'garbage_collection'
  return functionName === '(program)' ? 'native' : parent
}

function partOf(url: string): string {
  return PARTS.find(([, file]) => file.test(url))?.[0] ?? 'other'
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const file = url.startsWith('node:') ? url : url.slice(url.lastIndexOf('/src/') + 1)
  return `${name} ${file}:${lineNumber + 1}`
}

function add<K>(sums: Map<K, number>, key: K, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value)
}
