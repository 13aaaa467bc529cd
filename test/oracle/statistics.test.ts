import assert from 'node:assert/strict'
import { test } from 'node:test'
import { units } from './money.ts'
import { binMiddle, quantile } from './quantile.ts'
import { correlation, mean, ratio, stddev, variance } from './statistics.ts'

const amounts = (...values: readonly number[]) => values.map(units)

test('has no ratio where the whole is zero or either side is missing', () => {
  assert.equal(ratio(1, 4), 0.25)
  assert.equal(ratio(0, 4), 0)
  assert.equal(ratio(1, 0), null)
  assert.equal(ratio(null, 4), null)
  assert.equal(ratio(1, null), null)
})

test('takes the sample variance in currency units, from two values on', () => {
  assert.equal(mean(amounts(2, 4, 4, 4, 5, 5, 7, 9)), 5)
  assert.equal(variance(amounts(2, 4, 4, 4, 5, 5, 7, 9)), 32 / 7)
  assert.equal(stddev(amounts(1, 3)), Math.SQRT2)
  assert.equal(variance(amounts(3, 3)), 0)
  assert.equal(variance(amounts(3)), null)
  assert.equal(stddev([]), null)
  assert.equal(mean([]), null)
})

test('keeps a small variance beside a large mean', () => {
  const near = (apart: number) => units('98765432.1000') + BigInt(apart)
  assert.equal(variance([near(0), near(1), near(2)]), 1e-8)
})

test('correlates, and says null where one side never varies', () => {
  const pairs = (...values: readonly (readonly [number, number])[]) =>
    values.map(([left, right]) => [BigInt(left), BigInt(right)] as const)
  assert.equal(correlation(pairs([1, 2], [2, 4], [3, 6])), 1)
  assert.equal(correlation(pairs([1, 6], [2, 4], [3, 2])), -1)
  assert.equal(correlation(pairs([1, 1], [2, 0], [3, 1])), 0)
  assert.equal(correlation(pairs([1, 5], [2, 5])), null)
  assert.equal(correlation(pairs([1, 5])), null)
  assert.equal(correlation([]), null)
})

test('shows a bin by the middle of its whole numbers', () => {
  // 26,200 lies in the octave from 16,384: bins are 256 wide, its own is 26,112 to 26,367.
  assert.equal(binMiddle(26_200n), 26_239.5)
  assert.equal(binMiddle(26_112n), 26_239.5)
  assert.equal(binMiddle(26_367n), 26_239.5)
  assert.equal(binMiddle(26_368n), 26_495.5)
  assert.equal(binMiddle(-26_200n), -26_239.5)
  // From 128 on two numbers share a bin; below, each has its own.
  assert.equal(binMiddle(128n), 128.5)
  for (let value = 0n; value < 128n; value++) assert.equal(binMiddle(value), Number(value))
})

test('stays within 0.8 % of the value', () => {
  for (let value = 1n; value < 10n ** 13n; value = value * 3n + 1n) {
    assert.ok(Math.abs(binMiddle(value) / Number(value) - 1) < 0.008, `${value}`)
  }
})

test('takes the value at rank ceil(q n), negative ones first', () => {
  const spread = [units('0.0003'), null, units('-0.0007'), 0n, units('0.0005')]
  assert.equal(quantile(spread, 0.25), -0.0007)
  assert.equal(quantile(spread, 0.5), 0)
  assert.equal(quantile(spread, 0.75), 0.0003)
  assert.equal(quantile(spread, 0.95), 0.0005)
  assert.equal(quantile(amounts(2.62), 0.25), 2.62395)
  assert.equal(quantile([null], 0.5), null)
})
