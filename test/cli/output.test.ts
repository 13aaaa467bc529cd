/** What commands print: rows, numbers, progress. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesText, countText, durationText } from '../../src/cli/numbers.ts'
import { printRows, rowFormatOf } from '../../src/cli/output.ts'
import { Progress } from '../../src/cli/progress.ts'
import { collector } from './surroundings.ts'

const ROWS = [
  { category: 'shoes, "red"', events: 12, last: null },
  { category: 'a\nb\u001b[31m', events: 3456, last: { sku: 'x' } },
]

function printed(format: 'table' | 'json' | 'csv', rows: typeof ROWS = ROWS): string {
  const output = collector()
  printRows(output, rows, format)
  return output.text()
}

test('rows as JSON are one array that reads back as it was', () => {
  assert.deepEqual(JSON.parse(printed('json')), ROWS)
})

test('rows as CSV are quoted where they must be', () => {
  const expected = [
    'category,events,last',
    '"shoes, ""red""",12,',
    '"a\nb\u001b[31m",3456,"{""sku"":""x""}"',
    '',
  ]
  assert.equal(printed('csv'), expected.join('\r\n'))
})

test('rows as CSV hold no formula, and numbers stay numbers', () => {
  const output = collector()
  printRows(output, [{ '=a': '=1+1', b: -5, c: '-12345678901234567890', d: '-1+1' }], 'csv')
  assert.equal(output.text(), "'=a,b,c,d\r\n'=1+1,-5,-12345678901234567890,'-1+1\r\n")
})

test('rows as a table are aligned, and cannot command the terminal', () => {
  const expected = [
    'category      events  last',
    '------------  ------  -----------',
    'shoes, "red"      12',
    'a b [31m        3456  {"sku":"x"}',
    '',
  ]
  assert.equal(printed('table'), expected.join('\n'))
})

test('no rows are an empty array, an empty CSV and a word', () => {
  assert.deepEqual([printed('json', []), printed('table', [])], ['[]\n', 'no rows\n'])
})

test('an unknown format is refused with the known ones', () => {
  const due = { code: 'USAGE', message: 'There is no format xml. Formats: table, json, csv.' }
  assert.throws(() => rowFormatOf('xml'), due)
})

test('numbers are shown as people read them', () => {
  assert.equal(countText(22_283), '22,283')
  assert.deepEqual([0, 999, 1_000, 64_000_000].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 kB',
    '64.0 MB',
  ])
  assert.equal(bytesText(999_999), '1.0 MB')
  const durations = [17, 4_200, 65_000, 7_260_000].map(durationText)
  assert.deepEqual(durations, ['17 ms', '4.2 s', '1 min 5 s', '2 h 1 min'])
})

test('progress is a bar with rate and time left on a terminal, else a line now and then', () => {
  let now_ms = 0
  const clock = { now_ms: () => now_ms }
  const [terminal, pipe] = [collector(true), collector()]
  const options = { clock, label: 'a.csv', bytes_total: 100 }
  const shown = [terminal, pipe].map((output) => new Progress({ ...options, output }))
  for (now_ms = 50; now_ms <= 10_000; now_ms += 50) {
    for (const progress of shown) progress.update(now_ms / 400, now_ms)
  }
  for (const progress of shown) progress.end()
  const lines = pipe.text().trimEnd().split('\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1] ?? '', /^a\.csv █{6}░{18} 25 % · 10,000 rows · 1,000\/s · 30\.0 s left$/)
  const bars = terminal.text().split('\r\u001b[K')
  assert.ok(bars.every((bar) => bar.length < 80 && !bar.includes('\n')))
  assert.equal(bars.at(-1), '')
})
