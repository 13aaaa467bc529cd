import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyRow, compareTable, differences } from './compare.ts'

const COUNTS: AnyRow = {
  window_start: null,
  category: 'shoes',
  event_type: 'view',
  events: 3,
  value: '7.8600',
}
const INTEREST: AnyRow = {
  window_start: '2024-01-01T00:00:00.000Z',
  product_id: 'p1',
  views: 3,
  purchases: 1,
  view_share: 1,
  conversion: 1 / 3,
  high_interest_low_conversion: false,
}

const ofCounts = (change: AnyRow) =>
  differences('category_counts', [{ ...COUNTS, ...change }], [COUNTS])
const ofInterest = (change: AnyRow) =>
  differences('product_interest', [{ ...INTEREST, ...change }], [INTEREST])

test('takes equal values in every form the product gives them', () => {
  assert.deepEqual(ofCounts({ value: 7.86, events: 3n }), [])
  assert.deepEqual(ofCounts({ value: 78_600n, events: '3' }), [])
  assert.deepEqual(ofCounts({ window_start: undefined, window_end: 'x', final: true }), [])
  assert.deepEqual(ofInterest({ window_start: '2024-01-01 00:00:00', product_name: 'x' }), [])
  assert.deepEqual(ofInterest({ window_start: new Date('2024-01-01T00:00:00Z') }), [])
  assert.deepEqual(ofInterest({ conversion: 1 / 3 + 1e-13 }), [])
})

test('names the row and the column that differ', () => {
  assert.deepEqual(ofCounts({ value: '7.8601' }), [
    'window_start=null category="shoes" event_type="view": value is "7.8601", expected "7.8600"',
  ])
  assert.match(ofCounts({ value: 7.860001 })[0] ?? '', /value is 7.860001/)
  assert.match(ofCounts({ value: null })[0] ?? '', /value is null/)
  assert.match(ofCounts({ events: undefined })[0] ?? '', /events is no such column/)
  assert.match(ofInterest({ conversion: 0.3333 })[0] ?? '', /conversion is 0.3333/)
  assert.match(ofInterest({ conversion: Number.NaN })[0] ?? '', /conversion/)
  assert.match(ofInterest({ conversion: null })[0] ?? '', /conversion is null/)
  const unknown = ofInterest({ high_interest_low_conversion: null })
  assert.match(unknown[0] ?? '', /high_interest_low_conversion is null, expected false/)
})

test('tells missing from extra rows, and a null key from the text "null"', () => {
  const found = differences(
    'category_counts',
    [{ ...COUNTS, category: null }],
    [{ ...COUNTS, category: 'null' }],
  )
  assert.deepEqual(found, [
    'missing: window_start=null category="null" event_type="view"',
    'extra: window_start=null category=null event_type="view"',
  ])
  assert.match(differences('category_counts', [COUNTS, COUNTS], [COUNTS])[0] ?? '', /^extra/)
})

test('compares rows without a name as a bag', () => {
  const order = { order_id: 'o1', order_time: '2024-01-01T00:00:00Z', currency: null }
  const buyer = { visitor_id: 'a1', user_id: null, session_id: null }
  const event_time = '2024-01-02T00:00:00Z'
  const movement = { ...order, ...buyer, event_time, movement: 'refund', amount: '-1' }
  const twice = [movement, { ...movement, amount: '-1.0000' }]
  assert.deepEqual(differences('order_movements', twice, twice.toReversed()), [])
  assert.equal(differences('order_movements', [movement], twice).length, 1)
  const { currency: _, ...narrow } = movement
  assert.equal(differences('order_movements', [narrow], [movement]).length, 2)
})

test('shows the first few differences and counts the rest', () => {
  const rows = Array.from({ length: 20 }, (_, number) => ({ ...COUNTS, category: `c${number}` }))
  assert.throws(
    () => compareTable('category_counts', [], rows),
    (error: Error) =>
      error.message.startsWith('category_counts: 20 differences in 0 rows, 20 expected\n') &&
      error.message.endsWith('... and 12 more') &&
      error.message.split('\n').length === 10,
  )
  compareTable('category_counts', rows, rows.toReversed())
})
