/** What processes tell of themselves, as a person at a terminal reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../src/cli/command.ts'
import { runRole } from '../../src/cli/role.ts'
import { ClickpathError } from '../../src/std/errors.ts'
import { createLogger, sentenceOf } from '../../src/std/logger.ts'
import { causeOf, sayTo, tell } from '../../src/std/notices.ts'

const entry = { level: 'info', time: '2026-01-31T12:34:56.789Z', pid: 7, role: 'up', msg: 'ready' }

test('a log entry is one line: when, who, what', () => {
  assert.equal(sentenceOf(entry), '12:34:56 up       ready')
})

test('a warning says so, and details follow in brackets', () => {
  const warning = { ...entry, level: 'warn', role: 'collect', lane: 'live', tries: 3 }
  assert.equal(sentenceOf(warning), '12:34:56 collect  warn: ready (lane=live tries=3)')
})

test('an error tells its message, not its stack', () => {
  const failed = {
    ...entry,
    level: 'fatal',
    err: { message: 'disk gone', stack: 'Error: ...\n at' },
  }
  assert.equal(sentenceOf(failed), '12:34:56 up       fatal: ready: disk gone')
})

/** A logger for machines by a clock of ours, and the entries it has written. */
function listening() {
  const time = { now_ms: Date.parse(String(entry.time)) }
  const entries: Record<string, unknown>[] = []
  const lines = { write: (line: string) => void entries.push(JSON.parse(line)) }
  const clock = { now_ms: () => time.now_ms }
  const options = { role: 'process', level: 'info', readers: 'machines', clock, lines } as const
  return { logger: createLogger(options), entries, time }
}

test('every notice is one line with time, level, role, code and sentence', () => {
  const { logger, entries } = listening()
  tell(sayTo(logger), 'CHILD_LOST', 'collect', 'was ended by SIGKILL', 7, 100)
  assert.equal(entries.length, 1)
  const { pid: _pid, msg, ...others } = entries[0] ?? {}
  assert.deepEqual(others, {
    ...{ level: 'error', time: entry.time, role: 'process', code: 'CHILD_LOST' },
  })
  assert.match(
    String(msg),
    /^Child process `collect` was ended by SIGKILL after 7 ms; it is started/,
  )
})

test('what is said again and again is said five times, then once a minute with how often', () => {
  const { logger, entries, time } = listening()
  const say = (batch: number) => tell(sayTo(logger), 'BATCH_SLOW', batch, '31.0', 500)
  for (let batch = 0; batch < 1_000; batch++) say(batch)
  tell(sayTo(logger), 'STORE_REBUILDING')
  assert.equal(entries.length, 6)
  time.now_ms += 61_000
  for (let batch = 1_000; batch < 2_000; batch++) say(batch)
  assert.deepEqual([entries.length, entries.at(-1)?.repeated], [7, 995])
  time.now_ms += 61_000
  say(2_000)
  assert.deepEqual([entries.length, entries.at(-1)?.repeated], [8, 999])
})

test('a thousand different lines are remembered within bounds', () => {
  const { logger, entries } = listening()
  const word = (at: number) =>
    String(at).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')
  for (let at = 0; at < 1_000; at++) logger.warn({ code: 'X' }, word(at))
  assert.equal(entries.length, 1_000)
})

test('what people typed is in no line: neither in the sentence nor in the error', () => {
  const { logger, entries } = listening()
  const secret = 'jane@example.com'
  const what = `Conversion Error: Could not convert string "${secret}" to INT32 when casting`
  const sql = `${what}\n\nLINE 1: SELECT '${secret}'`
  for (const thrown of [
    new Error(sql),
    new Error(`Binder Error: no '${secret}' here: LINE 1: ${secret}`),
  ]) {
    tell(sayTo(logger, thrown), 'BATCH_RETRIED', causeOf(thrown))
  }
  assert.equal(entries.length, 2)
  assert.doesNotMatch(JSON.stringify(entries), /jane/)
  assert.match(String(entries[0]?.msg), /Could not convert string … to INT32 when casting/)
  assert.match(String(Reflect.get(Object(entries[0]?.err), 'stack')), /^\s+at .*logger\.test\.ts/)
})

test('an error of the machine keeps the file that it speaks of', () => {
  const said = 'IO Error: Could not write file "/data/engine/clickpath.duckdb.wal": No space left'
  assert.equal(causeOf(new Error(said)), said)
})

test('a role that cannot go on says so in one line, with the cause and where it arose', async () => {
  const { logger, entries } = listening()
  const failed = Promise.resolve(new ClickpathError('QUERY_STUCK'))
  const role = { url: null, failed, stop: async () => {} }
  const signal = new AbortController().signal
  assert.equal(await runRole(role, { signal, supervisor: null } as unknown as Context, logger), 1)
  assert.equal(entries.length, 1)
  const { level, code, msg, err } = entries[0] ?? {}
  assert.deepEqual(
    [level, code, (err as { code: string }).code],
    ['fatal', 'CANNOT_GO_ON', 'QUERY_STUCK'],
  )
  assert.match(String(msg), /used up its time or memory .* started again/)
})
