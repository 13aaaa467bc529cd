import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { newestRuns, pageWith } from '../../bench/report.ts'
import { type Run, verdictOf } from '../../bench/run.ts'

const PAGE = resolve(import.meta.dirname, '../../docs/benchmarks.md')

const run = (changes: Partial<Run>): Run => ({
  ...{
    bench: 'collect',
    size: 'full',
    at: '2026-03-01T12:00:00.000Z',
    commit: 'abc',
    tree: 'clean',
  },
  machine: { cpu: 'A chip', cores: 2, memory_gb: 8, system: 'linux x64', node: '24.0.0' },
  options: {},
  stages: { batches: { events_per_second: 160_000, ack_p99_ms: null } },
  targets: [
    { stage: 'batches', figure: 'events_per_second', bound: 'at least', value: 150_000 },
    { stage: 'batches', figure: 'ack_p99_ms', bound: 'at most', value: 50 },
  ],
  checks: [],
  ...changes,
})

test('the newest full run of a bench is told, a short one only where there is no other', () => {
  const history = [
    run({ commit: 'old' }),
    run({ commit: 'new' }),
    run({ commit: 'tried', size: 'short' }),
    run({ bench: 'live', commit: 'first', size: 'short' }),
  ]
  assert.deepEqual(
    newestRuns(history).map(({ bench, commit }) => [bench, commit]),
    [
      ['collect', 'new'],
      ['live', 'first'],
    ],
  )
})

test('the page gets the figures between its marks, and the same ones twice change nothing', () => {
  const page = readFileSync(PAGE, 'utf8')
  const written = pageWith(page, [run({})])
  assert.match(
    written,
    /\| batches \| events_per_second \| 160,000 \| at least 150,000: reached \|/,
  )
  assert.match(written, /\| {2}\| ack_p99_ms \| - \| at most 50: not measured \|/)
  assert.equal(pageWith(written, [run({})]), written)
  assert.equal(written.split('## Figures')[0], page.split('## Figures')[0])
})

test('a run whose check failed is told as not valid', () => {
  const checks = [{ what: 'the log holds it', verdict: 'FAILS' }] as const
  const written = pageWith(readFileSync(PAGE, 'utf8'), [run({ checks })])
  assert.match(written, /Not valid.*the log holds it/)
})

test('a figure at its bound reaches its target', () => {
  const target = { stage: 's', figure: 'f', bound: 'at most', value: 50 } as const
  assert.deepEqual(
    [50, 50.1, null].map((figure) => verdictOf(target, figure)),
    ['reached', 'MISSED', 'not measured'],
  )
})
