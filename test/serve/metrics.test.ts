/** Numbers for Prometheus: in its format, by its conventions, and true. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { Histogram, prometheusText } from '../../src/std/metrics.ts'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { event, invalid, openShop } from './shop.ts'

const SAMPLE =
  /^([a-z_]+)(?:\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (?:-?[\d.]+(?:e[+-]?\d+)?|\+Inf)$/

/** What Prometheus demands of the text, and its conventions of names. */
function checkFormat(text: string): ReadonlyMap<string, string> {
  assert.ok(text.endsWith('\n'))
  const types = new Map<string, string>()
  const seen = new Set<string>()
  let family = ''
  for (const line of text.trimEnd().split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') {
      assert.ok(!types.has(name), `${name} is told once`)
      assert.match(rest, /\.$/)
      family = name
    } else if (word === 'TYPE') {
      assert.equal(name, family, 'a type follows its help')
      assert.ok(['counter', 'gauge', 'histogram'].includes(rest), rest)
      assert.equal(name.endsWith('_total'), rest === 'counter', `${name} is a ${rest}`)
      assert.doesNotMatch(name, /_(ms|milliseconds|mb|kb|minutes)(_|$)/)
      types.set(name, rest)
    } else {
      const [series, sample] = [line.slice(0, line.lastIndexOf(' ')), SAMPLE.exec(line)?.[1]]
      assert.ok(sample, line)
      const own =
        types.get(family) === 'histogram' ? sample.replace(/_(bucket|sum|count)$/, '') : sample
      assert.equal(own, family, `${line} stands with its family`)
      assert.ok(!seen.has(series), `${series} is told once`)
      seen.add(series)
    }
  }
  return types
}

test('all processes are told in one answer, in the form and by the names Prometheus wants', async (t) => {
  const up = await startUp(dataFolder(t), ['--log-reserve-mb', '1'])
  const headers = { 'content-type': 'application/json' }
  const send = (body: string) => fetch(`${up.url}/v1/events`, { method: 'POST', headers, body })
  await send(JSON.stringify({ event_id: 'a', event_type: 'view', user_id: 'u', product_id: 'p' }))
  await send('no JSON')
  await fetch(`${up.url}/api/flush`, { method: 'POST' })
  await fetch(`${up.url}/api/tables/nope`)
  const text = await (await fetch(`${up.url}/metrics`)).text()
  const types = checkFormat(text)
  assert.equal(types.get('clickpath_batch_duration_seconds'), 'histogram')
  for (const line of [
    /^clickpath_collector_up 1$/m,
    /^clickpath_collect_accepted_total 1$/m,
    /^clickpath_collect_refused_requests_total\{code="BODY_UNREADABLE",status="400"\} 1$/m,
    /^clickpath_collect_refused_requests_total\{code="LOG_FULL",status="503"\} 0$/m,
    /^clickpath_collect_append_duration_seconds_count 1$/m,
    /^clickpath_api_refused_requests_total\{code="UNKNOWN_TABLE"\} 1$/m,
    /^clickpath_ledger_records_total\{source="local",outcome="stored"\} 1$/m,
    /^clickpath_ledger_balanced 1$/m,
    /^clickpath_lane_pending_records\{lane="live"\} 0$/m,
    /^clickpath_child_restarts_total\{role="collect"\} 0$/m,
    /^clickpath_disk_reserve_bytes 1000000$/m,
    /^process_resident_memory_bytes\{role="process"\} \d+$/m,
    /^process_resident_memory_bytes\{role="collect"\} \d+$/m,
  ]) {
    assert.match(text, line)
  }
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8')
  const named = page.match(/\b(clickpath|process)_[a-z_]+/g) ?? []
  const unknown = named.filter((name) => !types.has(name.replace(/_(bucket|sum|count)$/, '')))
  assert.ok(named.length > 40)
  assert.deepEqual(unknown, [], 'docs/operations.md names what is told')
  const own = await (await fetch(`${up.url}/collect/metrics`)).text()
  assert.ok(checkFormat(own).has('clickpath_collect_accepted_total'))
  const killed = up.running('collect').pid
  process.kill(killed, 'SIGKILL')
  await up.replaced('collect', killed)
  const after = await (await fetch(`${up.url}/metrics`)).text()
  assert.match(after, /^clickpath_child_restarts_total\{role="collect"\} 1$/m)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
})

test('a lane that waits is told with how long, and no longer once it was read', async (t) => {
  const shop = await openShop(t)
  const waited = async () => {
    const text = await (await fetch(`${shop.url}/metrics`)).text()
    return Number(/^clickpath_lane_waiting_seconds\{lane="live"\} (\S+)$/m.exec(text)?.[1])
  }
  await shop.append([event('a', 1)])
  const first = await waited()
  const second = await waited()
  assert.ok(second > first, `${second} > ${first}`)
  await shop.append([event('b', 2)])
  assert.ok((await waited()) > second, 'a newcomer does not hide who waited before')
  await shop.catchUp()
  assert.equal(await waited(), 0)
})

test('late and invalid records are counted by source', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('on-time', 50)])
  await shop.catchUp()
  await shop.append([event('late', 1), invalid('bad_time', { source: 'we"b' })])
  await shop.catchUp()
  const text = await (await fetch(`${shop.url}/metrics`)).text()
  checkFormat(text)
  assert.match(text, /^clickpath_ledger_late_records_total\{source="web"\} 1$/m)
  assert.match(text, /^clickpath_ledger_records_total\{source="we\\"b",outcome="invalid"\} 1$/m)
  assert.match(text, /^clickpath_collector_up 0$/m)
})

test('a histogram counts each duration once, and its quantiles are bounds that hold', () => {
  const histogram = new Histogram([0.01, 0.1, 1])
  assert.equal(histogram.quantile_ms(0.5), null)
  for (const ms of [5, 10, 11, 100, 101, 5_000]) histogram.note(ms)
  assert.deepEqual(
    [0, 0.3, 0.5, 0.8, 1].map((share) => histogram.quantile_ms(share)),
    [10, 10, 100, 1_000, Number.POSITIVE_INFINITY],
  )
  const text = prometheusText([histogram.family('x_seconds', 'X.')])
  const counts = [...text.matchAll(/le="(.+)"\} (\d+)/g)].map(([, le, count]) => [le, count])
  assert.deepEqual(counts, [
    ['0.01', '2'],
    ['0.1', '4'],
    ['1', '5'],
    ['+Inf', '6'],
  ])
  assert.match(text, /^x_seconds_count 6$/m)
  assert.match(text, /^x_seconds_sum 5\.227$/m)
})

test('labels cannot break out of their quotes', () => {
  const samples = [{ value: 1, labels: { a: 'x"} 9\n\\' } }]
  const text = prometheusText([{ name: 'x', type: 'gauge', help: 'X.', samples }])
  assert.equal(text, '# HELP x X.\n# TYPE x gauge\nx{a="x\\"} 9\\n\\\\"} 1\n')
})
