/** Where an identifier stands in a text that nobody could read, and where it does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withInstance } from '../../src/engine/duckdb/archive_records.ts'
import { keyedHashSql } from '../../src/engine/duckdb/erase.ts'
import { bytePatterns, occurrences, valuePattern } from '../../src/erase/patterns.ts'
import { Erased } from '../../src/model/erasure.ts'
import { wordsOf } from '../../src/model/words.ts'
import { quoteText } from '../../src/std/duckdb.ts'
import { folder } from '../import/importing.ts'

const ID = 'auth0|5f7c8ec7c33c'
const packed = (text: string) => Buffer.from(text).toString('base64')

/** The same identifier as texts hold it. */
const TEXTS: Readonly<Record<string, string>> = {
  'a value of JSON': `{"user":"${ID}"}`,
  'JSON that was cut off': `{"a":1,"user":"${ID}","b":"cut of`,
  'JSON within JSON': JSON.stringify({ body: JSON.stringify({ user: ID }) }),
  'JSON with escapes': `{"user":"auth0\\u007c5f7c8ec7c33c"}`,
  'a cell of CSV': `2026-01-31,view,${ID},19.90`,
  'a value of a query string': `?e=pv&uid=${encodeURIComponent(ID)}&p=web`,
  'Base64 of JSON': `?data=${packed(JSON.stringify({ user: ID }))}`,
  'a sentence': `The user ${ID} was refused: no price.`,
  'a path': `/customers/${encodeURIComponent(ID)}/orders`,
}

for (const [where, text] of Object.entries(TEXTS)) {
  test(`finds an identifier in ${where}`, () => {
    assert.ok(wordsOf(text).has(ID), [...wordsOf(text)].join('\n'))
  })
}

test('takes no part of a word, and no quantity, for an identifier', () => {
  const words = wordsOf('{"user":"u10","quantity":42,"price":19.9,"code":"42"}')
  assert.deepEqual([words.has('u1'), words.has('10'), words.has('u10')], [false, false, true])
  assert.equal(wordsOf('{"quantity":42}').has('42'), false)
  assert.equal(words.has('42'), true)
})

test('finds whatever stands in quotes, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string(), (id, other) => {
      const value = { other, id }
      assert.ok(wordsOf(JSON.stringify(value)).has(id))
      assert.ok(wordsOf(JSON.stringify({ raw: JSON.stringify(value) })).has(id))
    }),
  )
})

test('the database computes the keyed hash that JavaScript does', async (t) => {
  const erased = new Erased()
  erased.use(Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex'))
  const texts = ['u1', 'Ünï 😀', "o'neil", 'x'.repeat(300), ...fc.sample(fc.string(), 20)]
  const own = texts.filter((text) => text.isWellFormed() && !text.includes('\0') && text !== '')
  const values = own.map((text) => `(${quoteText(text)})`).join(', ')
  const hash = keyedHashSql(erased.blocks, 'text')
  const sql = `SELECT ${hash} AS hash FROM (VALUES ${values}) AS told(text)`
  const rows = await withInstance(`${folder(t)}/spill`, (connection) => connection.rows(sql))
  assert.deepEqual(
    rows.map(({ hash }) => hash),
    own.map((text) => erased.hashOf(text)),
  )
})

test('the search finds in bytes and values what the words are', async (t) => {
  const find = (text: string, id: string, kind: 'text' | 'binary') =>
    bytePatterns([id], kind).reduce(
      (sum, pattern) => sum + occurrences(Buffer.from(text), text.length, pattern),
      0,
    )
  for (const [where, text] of Object.entries(TEXTS)) {
    // Escapes of signs that need none are as many as there are signs.
    if (where === 'JSON with escapes') continue
    assert.ok(find(text, ID, 'text') > 0, where)
    assert.ok(find(text, ID, 'binary') > 0, where)
  }
  assert.equal(find('{"user":"u10","other":"au1"}', 'u1', 'text'), 0)
  assert.equal(find('{"user":"u1"}', 'u1', 'text'), 1)
  assert.equal(find('..u1..', 'u1', 'binary'), 0)
  const matched = await withInstance(`${folder(t)}/spill`, (connection) =>
    connection.rows('SELECT regexp_matches($1, $2) AS yes', [
      '{"a":"u.1+"}',
      valuePattern(['u.1+']),
    ]),
  )
  assert.deepEqual(matched, [{ yes: true }])
})
