import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Latencies } from '../../bench/measure/latencies.ts'
import { processTree, roleOf, statOf } from '../../bench/measure/process_tree.ts'
import { type Profile, spentIn } from '../../bench/measure/profile.ts'
import { durationsIn } from '../../bench/product.ts'

test('percentiles are values that were measured, beyond any number of them', () => {
  const latencies = new Latencies()
  for (let value = 100_000; value >= 1; value--) latencies.add(value)
  assert.deepEqual(latencies.summary(), {
    count: 100_000,
    p50_ms: 50_000,
    p99_ms: 99_000,
    max_ms: 100_000,
  })
})

test('a process is read though its name holds spaces and parentheses', () => {
  const stat = '42 (a (b) c) S 7 42 42 0 -1 4194304 9 0 0 0 150 50 0 0 20 0 1 0 99 1 1'
  assert.deepEqual(statOf(42, stat), [{ pid: 42, parent: 7, cpu_s: 2 }])
  assert.deepEqual(statOf(42, ''), [])
})

test('the tree of a process holds itself with its memory', {
  skip: process.platform === 'linux' ? false : 'only Linux tells it in /proc',
}, () => {
  const own = processTree(process.pid).find(({ pid }) => pid === process.pid)
  assert.ok(own && own.resident_bytes > 1_000_000 && own.cpu_s > 0)
})

test('a process of two trees counts once, and one of Java is told by what it runs', {
  skip: process.platform === 'linux' ? false : 'only Linux tells it in /proc',
}, () => {
  const pids = processTree(process.pid, process.ppid).map(({ pid }) => pid)
  assert.equal(new Set(pids).size, pids.length)
  const kafka = ['java', '-Xmx512m', '-cp', '/jars/*', 'kafka.Kafka', 'server.properties']
  assert.deepEqual([kafka, ['node', '/bin/clickpath.js', 'up']].map(roleOf), ['kafka', 'up'])
})

test('a profile is told by part, native code by who called it, the start left out', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 })
  const profile: Profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('(garbage collector)') },
      { id: 4, callFrame: frame('append', 'file:///x/src/log/lane.ts'), children: [5] },
      { id: 5, callFrame: frame('writeBuffer') },
    ],
    samples: [4, 2, 3, 4, 5],
    timeDeltas: [1_000, 500, 100, 150, 250],
  }
  const { parts, functions, busy_percent } = spentIn(profile, 1, 1)
  assert.equal(busy_percent, 50)
  assert.equal(parts.get('garbage_collection'), 20)
  assert.equal(parts.get('log'), 80)
  assert.deepEqual(functions, [{ name: 'writeBuffer', percent: 50 }])
})

test("a command's own durations are taken by name from its last line", () => {
  const outcome = { lasted_ms: 5, received: 9, stages: { convert_ms: 2, note: 'x' } }
  assert.deepEqual(durationsIn(`progress\n${JSON.stringify(outcome)}\n`), {
    reported_lasted_ms: 5,
    reported_convert_ms: 2,
  })
})
