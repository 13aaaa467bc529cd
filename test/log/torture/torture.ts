/**
 * The torture of the file log: a script runs once to count its file operations, then once for each
 * operation and each fault that can happen there.
 */
import { Case } from './case.ts'
import { canHappen, FAULTS, type Operation } from './faults.ts'
import { scriptOf } from './script.ts'

export interface TortureOptions {
  readonly seed: number
  readonly steps: number
  /** One operation alone, or one fault; all unless said. */
  readonly at?: number
  readonly fault?: string
  /** Of so many parts, this one (from 0): every so-many-th operation. */
  readonly part?: { readonly number: number; readonly of: number }
}

export interface Tortured {
  /** The file operations of the script when nothing goes wrong. */
  readonly operations: number
  readonly cases: number
  readonly cases_by_fault: Readonly<Record<string, number>>
  /** What went wrong, and how to see it again. */
  readonly failures: readonly string[]
}

/** Set against what hangs: far more than a case takes, also where the machine is busy. */
const CASE_MS_MAX = 30_000

function bounded<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('it does not end')), CASE_MS_MAX)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

/** Called after each operation that was gone through, with how many there are in all. */
export type OnOperation = (operations: number) => void

export async function torture(
  options: TortureOptions,
  onOperation: OnOperation = () => {},
): Promise<Tortured> {
  const { seed, steps } = options
  const script = scriptOf(seed, steps)
  const operations = await bounded(new Case(seed, null).run(script))
  const cases_by_fault: Record<string, number> = {}
  const failures: string[] = []
  const tryOne = async (name: string, at: number, operation: Operation): Promise<void> => {
    const { fault } = FAULTS[name] ?? {}
    if (!fault) throw new Error(`there is no fault ${name}`)
    cases_by_fault[name] = (cases_by_fault[name] ?? 0) + 1
    try {
      await bounded(new Case(seed, { at, fault }).run(script))
    } catch (error) {
      const again = `--seed ${seed} --steps ${steps} --at ${at} --fault ${name}`
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
      failures.push(`${name} at operation ${at} (${operation}): ${told}\n  again: ${again}`)
    }
  }
  for (const [index, operation] of operations.entries()) {
    const at = index + 1
    if (options.at !== undefined && options.at !== at) continue
    if (options.part && index % options.part.of !== options.part.number) continue
    for (const name of Object.keys(FAULTS)) {
      if (options.fault !== undefined && options.fault !== name) continue
      if (canHappen(name, operation)) await tryOne(name, at, operation)
    }
    onOperation(operations.length)
  }
  const cases = Object.values(cases_by_fault).reduce((sum, count) => sum + count, 0)
  return { operations: operations.length, cases, cases_by_fault, failures }
}
