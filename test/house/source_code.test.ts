/** The tidy rules read source code; this is what they must not misread. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, functionsOf } from './source_code.ts'

test('comments, strings, templates and patterns are no code; lines keep their numbers', () => {
  const text = [
    "const a = 'console.log' // console.log",
    '/* console',
    ' * console */ const b = `console ',
    ' console`',
    'const c = text.match(/console[\'"]/) ?? 4 / 2 / 1',
    'console.log(a)',
  ].join('\n')
  const lines = codeOf(text).split('\n')
  const found = lines.flatMap((line, index) => (line.includes('console') ? [index + 1] : []))
  assert.deepEqual(found, [6])
  assert.ok(lines[4]?.includes('?? 4 / 2 / 1'))
})

test('functions, methods and arrows are measured from their head to their closing brace', () => {
  const code = [
    'export async function one(',
    '  argument: string,',
    '): Promise<void> {',
    '  work()',
    '}',
    'class Two {',
    '  #method(): void {',
    '    if (ready) {',
    '      work()',
    '    }',
    '  }',
    '}',
    'const three = () => {',
    '  work()',
    '}',
  ]
  const places = functionsOf(code).map(({ line, lines }) => [line, lines])
  assert.deepEqual(places, [
    [1, 5],
    [7, 5],
    [13, 3],
  ])
})
