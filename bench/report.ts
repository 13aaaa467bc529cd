/**
 * `npm run bench:report`: writes the newest run of each bench from history.jsonl into
 * docs/benchmarks.md, between its two marks. A short run stands there only while there is no full
 * one.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { machineText, numberText, type Run, readHistory, verdictOf } from './run.ts'

const PAGE = resolve(import.meta.dirname, '../docs/benchmarks.md')
const BEGIN = '<!-- Figures: written by `npm run bench:report` from bench/history.jsonl. -->'
const END = '<!-- End of the figures. -->'

/** The newest full run of each bench, else its newest short one, in the order of their names. */
export function newestRuns(history: readonly Run[]): readonly Run[] {
  const byBench = Map.groupBy(history, ({ bench }) => bench)
  return [...byBench.keys()].sort().map((bench) => {
    const runs = byBench.get(bench) as readonly Run[]
    return (runs.findLast(({ size }) => size === 'full') ?? runs.at(-1)) as Run
  })
}

/** The page with the figures in place of those between its marks. */
export function pageWith(page: string, runs: readonly Run[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`docs/benchmarks.md lacks its marks: ${BEGIN}`)
  const figures = runs.map(sectionOf).join('\n')
  return `${page.slice(0, begin)}${BEGIN}\n\n${figures}\n${page.slice(end)}`
}

function sectionOf(run: Run): string {
  const { bench, at, commit, tree, size, machine, stages, checks } = run
  const code = tree === 'clean' ? commit : `${commit} with changes`
  const short = size === 'short' ? ' A short run: no figures to quote.' : ''
  const failed = checks.filter(({ verdict }) => verdict === 'FAILS').map(({ what }) => what)
  return [
    `### ${bench}`,
    '',
    `${at.slice(0, 10)}, commit ${code}, ${machineText(machine)}.${short}`,
    ...(failed.length > 0 ? ['', `**Not valid**, since this failed: ${failed.join('; ')}.`] : []),
    '',
    '| Stage | Figure | Value | Target |',
    '| --- | --- | ---: | --- |',
    ...Object.keys(stages).flatMap((stage) => rowsOf(run, stage)),
    '',
  ].join('\n')
}

function rowsOf({ stages, targets }: Run, stage: string): readonly string[] {
  return Object.entries(stages[stage] ?? {}).map(([figure, value], index) => {
    const target = targets.find((one) => one.stage === stage && one.figure === figure)
    const told = target
      ? `${target.bound} ${numberText(target.value)}: ${verdictOf(target, value)}`
      : ''
    return `| ${index === 0 ? stage : ''} | ${figure} | ${numberText(value)} | ${told} |`
  })
}

if (import.meta.main) {
  const page = readFileSync(PAGE, 'utf8')
  writeFileSync(PAGE, pageWith(page, newestRuns(readHistory())))
}
