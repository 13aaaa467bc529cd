/** Ids by content: files that overlap share the ids of the rows that stand in both. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { counts, fileOf, imported, REES46_HEAD, rees46Row } from './importing.ts'

const row = (product_id: string) => rees46Row({ product_id })
const BY_CONTENT = ['--event-id', 'content']

test('a file that overlaps another brings only the rows that are new', async (t) => {
  const shop = new Shop(t)
  const october = [row('a'), row('b'), row('twin'), row('twin'), row('c')]
  const later = [row('twin'), row('twin'), row('twin'), row('c'), row('d')]
  const first = fileOf(t, [REES46_HEAD, ...october])
  const second = fileOf(t, [REES46_HEAD, ...later])
  const one = await imported(shop.directory, first, ...BY_CONTENT)
  assert.deepEqual(counts(one), { received: 5, stored: 5, duplicate: 0, invalid: 0 })
  const other = await imported(shop.directory, second, ...BY_CONTENT)
  assert.deepEqual(counts(other), { received: 5, stored: 2, duplicate: 3, invalid: 0 })
  await shop.open()
  const rows = await shop.rows(`SELECT product_id, count(*) AS n FROM events
    GROUP BY product_id ORDER BY product_id`)
  assert.deepEqual(
    rows.map(({ product_id, n }) => [product_id, n]),
    [
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['d', 1],
      ['twin', 3],
    ],
  )
})

test('an index column and the order of columns are no content', async (t) => {
  const shop = new Shop(t)
  const plain = fileOf(t, [REES46_HEAD, row('a'), row('b')])
  const names = REES46_HEAD.split(',').toReversed().join(',')
  const turned = (product_id: string) => row(product_id).split(',').toReversed().join(',')
  const indexed = fileOf(t, [`,${names}`, `7,${turned('b')}`, `8,${turned('a')}`])
  await imported(shop.directory, plain, ...BY_CONTENT)
  const told = await imported(shop.directory, indexed, ...BY_CONTENT)
  assert.deepEqual(counts(told), { received: 2, stored: 0, duplicate: 2, invalid: 0 })
})

test('twins are counted through the whole file, however many segments it has', async (t) => {
  const shop = new Shop(t)
  const rows = Array.from({ length: 1_000 }, (_, at) => row(at % 3 === 0 ? 'twin' : `p${at}`))
  const file = fileOf(t, [REES46_HEAD, ...rows])
  const small = ['--batch-records-max', '100', ...BY_CONTENT]
  const told = await imported(shop.directory, file, ...small)
  assert.deepEqual(counts(told), { received: 1_000, stored: 1_000, duplicate: 0, invalid: 0 })
  const whole = await imported(shop.directory, file, ...BY_CONTENT)
  assert.deepEqual(counts(whole), { received: 1_000, stored: 0, duplicate: 1_000, invalid: 0 })
})
