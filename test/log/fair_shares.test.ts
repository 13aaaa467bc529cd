import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fairShares } from '../../src/log/files/fair_shares.ts'

test('gives small demands all they ask and divides the rest equally', () => {
  assert.deepEqual(fairShares([1_000_000, 3, 10], 100), [87, 3, 10])
  assert.deepEqual(fairShares([50, 50, 50], 60), [20, 20, 20])
  assert.deepEqual(fairShares([5, 5], 100), [5, 5])
  assert.deepEqual(fairShares([], 100), [])
})

test('never gives more than there is or than was asked, and leaves nobody far behind', () => {
  const demands = fc.array(fc.nat(1_000), { maxLength: 20 })
  fc.assert(
    fc.property(demands, fc.nat(5_000), (asked, total) => {
      const shares = fairShares(asked, total)
      const given = shares.reduce((sum, share) => sum + share, 0)
      const wanted = asked.reduce((sum, demand) => sum + demand, 0)
      assert.equal(given, Math.min(total, wanted))
      const highest = Math.max(0, ...shares)
      shares.forEach((share, index) => {
        assert.ok(share === asked[index] || share >= highest - 1)
      })
    }),
  )
})
