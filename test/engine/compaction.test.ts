import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventRecord, Shop } from './shop.ts'

/** Enough for the group of event windows to be compacted more than once. */
const BATCHES = 60

test('a value told in many batches takes no room from others in a bounded set', async (t) => {
  const shop = await new Shop(t).open()
  const brands = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']
  for (let batch = 0; batch < BATCHES; batch++) {
    // The first brands in nearly every batch; each of the others once, early on.
    const brand = batch < brands.length ? brands[batch] : brands[batch % 3]
    const minute = batch % 4
    await shop.tell([
      eventRecord(`e${batch}`, `2026-02-01T10:0${minute}:00Z`, { brand: brand ?? '' }),
    ])
  }
  const rows = await shop.rows('SELECT brands, brands_truncated, events FROM event_windows_5m')
  assert.deepEqual(rows, [{ brands: brands.slice(0, 10), brands_truncated: true, events: BATCHES }])
})
