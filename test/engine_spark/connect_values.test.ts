/** Values between Spark and this process: what goes out and comes back is the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import fc from 'fast-check'
import { parseAddress } from '../../src/engine/spark/connect/address.ts'
import { rowsOf, tableOf } from '../../src/engine/spark/connect/arrow_rows.ts'
import { type UploadType, uploadOf } from '../../src/engine/spark/connect/arrow_upload.ts'
import { decimalText, decimalWords } from '../../src/engine/spark/connect/decimals.ts'
import { type Argument, literal } from '../../src/engine/spark/connect/literal.ts'
import { localArrow } from '../../src/engine/spark/connect/relations.ts'
import { dayNumber, dayText, timeMicros, timeText } from '../../src/engine/spark/connect/times.ts'

const LONG = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
/** From the year 1 to 9999, as Spark has them. */
const MICROS = { min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }

test('any row that is sent is read back the same', () => {
  const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values)
  const rows = fc.array(
    fc.record(
      {
        text: nullable(fc.string({ unit: 'grapheme' })),
        whole: nullable(fc.maxSafeInteger()),
        small: nullable(fc.integer()),
        part: nullable(fc.double({ noNaN: true })),
        truth: nullable(fc.boolean()),
        time: nullable(fc.bigInt(MICROS).map((micros) => timeText(micros))),
        day: nullable(fc.integer({ min: -719_162, max: 2_932_896 }).map(dayText)),
        money: nullable(fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n).map(decimalOf4)),
        list: nullable(fc.array(nullable(fc.string()))),
      },
      { noNullPrototype: true },
    ),
    { maxLength: 20 },
  )
  const columns = {
    text: 'string',
    whole: 'bigint',
    small: 'int',
    part: 'double',
    truth: 'boolean',
    time: 'timestamp',
    day: 'date',
    money: 'decimal(18,4)',
    list: 'array<string>',
  } as const
  fc.assert(
    fc.property(rows, (sent) => {
      assert.deepEqual(rowsOf(tableOf(uploadOf(columns, sent))), sent)
    }),
    { numRuns: 100 },
  )
})

const decimalOf4 = (unscaled: bigint): string => decimalText(wordsOf(unscaled), 4)
const wordsOf = (value: bigint): Uint32Array =>
  Uint32Array.from({ length: 4 }, (_, word) =>
    Number((BigInt.asUintN(128, value) >> (32n * BigInt(word))) & 0xffffffffn),
  )

test('decimals keep all digits, and one that would lose some is refused', () => {
  const cases: readonly (readonly [string, number, number, string])[] = [
    ['0', 1, 0, '0'],
    ['-0.05', 18, 4, '-0.0500'],
    ['.5', 2, 1, '0.5'],
    ['+007', 3, 1, '7.0'],
    ['99999999999999999999999999999999999999', 38, 0, '99999999999999999999999999999999999999'],
    ['-0.00000000000000000000000000000000000001', 38, 38, `-0.${'1'.padStart(38, '0')}`],
  ]
  for (const [given, precision, scale, text] of cases) {
    assert.equal(decimalText(decimalWords(given, precision, scale), scale), text)
  }
  for (const given of ['', '.', '-', '1e3', '1,5', 'x', '100', '1.23']) {
    assert.throws(() => decimalWords(given, 3, 1), { kind: 'argument' }, given)
  }
})

test('times keep their microseconds before and after 1970', () => {
  for (const micros of [0n, -1n, 1n, 999_999n, -1_000_001n, MICROS.min, MICROS.max]) {
    assert.equal(timeMicros(timeText(micros)), micros)
  }
  assert.equal(timeText(-1n), '1969-12-31T23:59:59.999999Z')
  assert.equal(timeMicros('2019-10-01 00:00:00'), timeMicros('2019-10-01T00:00:00.0Z'))
  assert.equal(dayText(dayNumber('1969-12-31')), '1969-12-31')
  for (const wrong of ['', '2019-10-01', '2019-13-01T00:00:00Z', '2019-10-01T00:00:00+02:00']) {
    assert.throws(() => timeMicros(wrong), { kind: 'argument' })
  }
  assert.throws(() => dayNumber('1.10.2019'), { kind: 'argument' })
})

test('a column that is called __proto__ is a column', () => {
  const sent = Object.defineProperty({}, '__proto__', { value: 'x', enumerable: true })
  const columns = Object.defineProperty({}, '__proto__', { value: 'string', enumerable: true })
  assert.deepEqual(rowsOf(tableOf(uploadOf(columns, [sent]))), [sent])
})

test('Arrow of others can be sent as it is', () => {
  const ipc = tableToIPC(tableFromArrays({ n: [1.5] }), 'stream')
  assert.deepEqual(localArrow(ipc).relType, { case: 'localRelation', value: { data: ipc } })
})

test('a value of another type is refused with its row and column', () => {
  const wrong: readonly (readonly [UploadType, string | number | boolean])[] = [
    ['bigint', 1.5],
    ['bigint', 'x'],
    ['int', 2 ** 31],
    ['bigint', String(LONG.max + 1n)],
    ['double', '1.5'],
    ['boolean', 1],
    ['string', true],
    ['timestamp', 1],
    ['array<string>', 'a'],
    ['decimal(5,2)', '1234.5'],
  ]
  for (const [type, value] of wrong) {
    assert.throws(() => uploadOf({ id: type }, [{ id: null }, { id: value }]), {
      kind: 'argument',
      message: /Row 2, column id/,
    })
  }
})

test('arguments become literals of SQL, and what is none is refused', () => {
  const typeOf = (value: Argument): unknown => {
    const { exprType } = literal(value)
    return exprType?.case === 'literal' ? exprType.value.literalType?.case : undefined
  }
  assert.deepEqual(
    [1, 1.5, LONG.max, 'x', true, null, ['x'], { decimal: '1.0' }, new Uint8Array()].map(typeOf),
    ['long', 'double', 'long', 'string', 'boolean', 'null', 'array', 'decimal', 'binary'],
  )
  for (const wrong of [LONG.max + 1n, LONG.min - 1n, { decimal: 'x' }, { timestamp: 'x' }]) {
    assert.throws(() => literal(wrong), { kind: 'argument' })
  }
})

test('addresses are read as Spark’s own clients read them', () => {
  assert.deepEqual(parseAddress('sc://spark.shop.example'), {
    host: 'spark.shop.example',
    port: 15002,
    transport: 'plain',
  })
  const long = 'sc://spark.shop.example:443/;use_ssl=true;token=a%3Bb;user_id=me;session_id=x'
  assert.deepEqual(parseAddress(long), {
    host: 'spark.shop.example',
    port: 443,
    transport: 'tls',
    token: 'a;b',
    userId: 'me',
    sessionId: 'x',
  })
  assert.equal(parseAddress('sc://[::1]:1;token=secret').host, '[::1]')
  const wrong = ['', 'localhost', 'http://x', 'sc://', 'sc://x:0', 'sc://x:70000', 'sc://x/path']
  for (const text of [...wrong, 'sc://x;tokn=1', 'sc://x;token', 'sc://localhost;token=%zz']) {
    assert.throws(() => parseAddress(text), { kind: 'argument' }, text)
  }
})

test('a token is neither sent in the open to another machine nor told in a message', () => {
  for (const text of ['sc://spark.shop.example;token=secret', 'sc//x;token=secret']) {
    assert.throws(
      () => parseAddress(text),
      (error: Error) => /sc:\/\/host:port/.test(error.message) && !error.message.includes('secret'),
    )
  }
})
