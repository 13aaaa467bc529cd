/**
 * A run of a bench: what was measured, stage by stage, against which targets; printed for people
 * and appended as one line to history.jsonl for the trail.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'

const HISTORY = join(import.meta.dirname, 'history.jsonl')
const ROOT = resolve(import.meta.dirname, '..')

/** Numbers by name, the unit at the name's end; null where it could not be measured. */
export type Figures = Readonly<Record<string, number | null>>

export interface Target {
  readonly stage: string
  readonly figure: string
  readonly bound: 'at least' | 'at most'
  readonly value: number
}

/** Something that must hold for the figures to mean anything. */
export interface Check {
  readonly what: string
  readonly verdict: 'holds' | 'FAILS'
}

export interface Measured {
  readonly bench: string
  /** `short`: something smaller than the bench is meant to be; no figure to quote. */
  readonly size: 'full' | 'short'
  readonly options: Readonly<Record<string, string | number>>
  readonly stages: Readonly<Record<string, Figures>>
  readonly targets: readonly Target[]
  readonly checks: readonly Check[]
}

export interface Run extends Measured {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly commit: string
  readonly tree: 'clean' | 'dirty'
  readonly machine: Machine
}

interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory_gb: number
  readonly system: string
  readonly node: string
}

export function check(what: string, holds: boolean): Check {
  return { what, verdict: holds ? 'holds' : 'FAILS' }
}

/** Prints the report, appends the line; answers the exit code: 1 when a check failed. */
export function finish(measured: Measured, history: 'kept' | 'not kept'): 0 | 1 {
  const run: Run = { at: new Date().toISOString(), ...codeState(), machine: machine(), ...measured }
  process.stdout.write(`\n${reportOf(run)}`)
  if (history === 'kept') appendFileSync(HISTORY, `${JSON.stringify(run, rounded)}\n`)
  return run.checks.every(({ verdict }) => verdict === 'holds') ? 0 : 1
}

export function readHistory(): readonly Run[] {
  if (!existsSync(HISTORY)) return []
  const lines = readFileSync(HISTORY, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Run)
}

export type Verdict = 'reached' | 'MISSED' | 'not measured'

export function verdictOf({ bound, value }: Target, figure: number | null | undefined): Verdict {
  if (figure === null || figure === undefined) return 'not measured'
  return (bound === 'at least' ? figure >= value : figure <= value) ? 'reached' : 'MISSED'
}

/** A number as people read it: three digits that mean something, thousands apart. */
export function numberText(value: number | null): string {
  if (value === null) return '-'
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : value < 10 ? 2 : 1
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

export function machineText({ cpu, cores, memory_gb, system, node }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory_gb} GB, ${system}, Node ${node}`
}

function reportOf(run: Run): string {
  const { bench, size, commit, tree, machine: of, stages, targets, checks } = run
  const lines = [`bench:${bench} (${size}), ${commit} ${tree}`, machineText(of), '']
  for (const [stage, figures] of Object.entries(stages)) {
    lines.push(stage)
    for (const [name, value] of Object.entries(figures)) {
      const target = targets.find((one) => one.stage === stage && one.figure === name)
      const told = target
        ? `   ${target.bound} ${numberText(target.value)}: ${verdictOf(target, value)}`
        : ''
      lines.push(`  ${name.padEnd(34)}${numberText(value).padStart(14)}${told}`)
    }
    lines.push('')
  }
  for (const { what, verdict } of checks) lines.push(`${verdict}: ${what}`)
  return `${lines.join('\n')}\n`
}

function codeState(): Pick<Run, 'commit' | 'tree'> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    // What a bench itself writes does not make the measured code another one.
    const written = [':!bench/history.jsonl', ':!docs/benchmarks.md']
    const changed = git('status', '--porcelain', '--', '.', ...written)
    return {
      commit: git('rev-parse', '--short', 'HEAD').trim(),
      tree: changed === '' ? 'clean' : 'dirty',
    }
  } catch {
    return { commit: 'unknown', tree: 'dirty' } // Not a git checkout.
  }
}

function machine(): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  }
}

function rounded(_: string, value: unknown): unknown {
  const exact = typeof value !== 'number' || Number.isInteger(value)
  return exact ? value : Number(value.toPrecision(6))
}
