import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalText, isExact, sumUnits, units, valueOfLine } from './money.ts'

test('reads decimal text and JSON numbers as ten-thousandths', () => {
  assert.equal(units('2.62'), 26_200n)
  assert.equal(units(-1.5), -15_000n)
  assert.equal(units('999999999.9999'), 9_999_999_999_999n)
  assert.equal(units(1e21), 10n ** 25n)
  assert.equal(units(1e-7), 0n)
  assert.throws(() => units('1,5'), /no decimal/)
  assert.throws(() => units(Number.NaN), /no decimal/)
})

test('rounds a fifth place half away from zero', () => {
  assert.equal(units('0.00005'), 1n)
  assert.equal(units('0.000049999'), 0n)
  assert.equal(units('-0.00005'), -1n)
  assert.equal(isExact('0.12340000'), true)
  assert.equal(isExact('0.12345'), false)
  assert.equal(isExact(1e-7), false)
})

test('writes four places, the sign before a leading zero', () => {
  assert.equal(decimalText(26_200n), '2.6200')
  assert.equal(decimalText(-1n), '-0.0001')
  assert.equal(decimalText(0n), '0.0000')
})

test('adds nothing to null, and counts a missing quantity as one', () => {
  assert.equal(sumUnits([null, null]), null)
  assert.equal(sumUnits([null, 5n, -5n]), 0n)
  assert.equal(valueOfLine(5n, null), 5n)
  assert.equal(valueOfLine(5n, 0), 0n)
  assert.equal(valueOfLine(null, 3), null)
})
