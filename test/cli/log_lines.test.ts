/** What real processes write on standard error when something happens to them. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NOTICES } from '../../src/std/notices.ts'
import { dataFolder, startUp, type UpProcess } from './up_process.ts'

const SECRET = 'jane.doe@example.com'
const headers = { 'content-type': 'application/json' }

async function post(up: UpProcess, event_id: string): Promise<number> {
  const event = { event_id, event_type: 'search', user_id: SECRET, query: SECRET }
  const body = JSON.stringify(event)
  const answer = await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}

const flush = async (up: UpProcess, wait_ms = 30_000) => {
  await (await fetch(`${up.url}/api/flush?wait_ms=${wait_ms}`, { method: 'POST' })).text()
}

/** Stops it, and answers its lines by code; each line is whole, and names nobody. */
async function linesOf(up: UpProcess): Promise<ReadonlyMap<string, Record<string, unknown>[]>> {
  up.signal('SIGTERM')
  const { stderr } = await up.ended()
  assert.doesNotMatch(stderr, /jane/)
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
  for (const { time, role, level, code, msg } of lines) {
    assert.ok(!Number.isNaN(Date.parse(String(time))))
    assert.ok(['up', 'collect', 'process'].includes(String(role)))
    assert.equal(level, NOTICES[code as keyof typeof NOTICES]?.[0], `${code} is ${level}`)
    assert.ok(String(msg).length > 20)
  }
  return Map.groupBy(lines, ({ code }) => String(code))
}

test('a lost child, a rebuild and a slow batch are one line each, with what to do', async (t) => {
  const up = await startUp(dataFolder(t), ['--log-reserve-mb', '0', '--slow-batch-ms', '1'])
  assert.equal(await post(up, 'a'), 200)
  await flush(up)
  const killed = up.running('collect').pid
  process.kill(killed, 'SIGKILL')
  await up.replaced('collect', killed)
  const serving = up.running('serve').pid
  process.kill(serving, 'SIGSTOP')
  writeFileSync(join(up.directory, 'engine', 'clickpath.duckdb'), 'garbage, and too short')
  process.kill(serving, 'SIGKILL')
  await up.replaced('serve', serving)
  await flush(up)
  const lines = await linesOf(up)
  const roles = (code: string) => (lines.get(code) ?? []).map(({ role }) => role)
  assert.deepEqual(roles('CHILD_LOST'), ['up', 'up'])
  assert.deepEqual(roles('STORE_REBUILT'), ['process'])
  assert.ok(roles('BATCH_SLOW').length >= 1)
  assert.match(String(lines.get('CHILD_LOST')?.[0]?.msg), /`collect` .* SIGKILL .*clickpath doctor/)
  assert.match(String(lines.get('STORE_REBUILT')?.[0]?.msg), /not a valid DuckDB .*Nothing is lost/)
})

test('a disk under its reserve is told when it begins, not with every request', async (t) => {
  const up = await startUp(dataFolder(t), ['--log-reserve-mb', '1000000'])
  for (const name of ['a', 'b', 'c', 'd']) assert.equal(await post(up, name), 503)
  const lines = await linesOf(up)
  assert.deepEqual([...lines.keys()], ['LOG_REFUSES'])
  assert.equal(lines.get('LOG_REFUSES')?.length, 1)
  assert.match(
    String(lines.get('LOG_REFUSES')?.[0]?.msg),
    /log_reserve_mb is 1000000.*free some disk/,
  )
})

test('a damaged segment is told with its place, at most five times in a minute', async (t) => {
  const directory = dataFolder(t)
  const up = await startUp(directory, ['--log-reserve-mb', '0'])
  assert.equal(await post(up, 'first'), 200)
  assert.equal(await post(up, 'second'), 200)
  up.signal('SIGTERM')
  await up.ended()
  const segment = join(directory, 'log', 'live', '00000000000000000000.ndjson')
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"first"', '"FIRST"'))
  writeFileSync(join(directory, 'engine', 'clickpath.duckdb'), 'garbage')
  const again = await startUp(directory, ['--log-reserve-mb', '0', '--batch-interval-ms', '10'])
  await flush(again, 2_000)
  const lines = await linesOf(again)
  const damaged = lines.get('LOG_DAMAGED') ?? []
  assert.ok(damaged.length >= 1 && damaged.length <= 5, String(damaged.length))
  assert.match(
    String(damaged[0]?.msg),
    /Lane live, segment 0+\.ndjson .* position 0: .*--skip-damaged/,
  )
})
