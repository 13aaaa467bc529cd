/** CDNOW's published figures of 2,357 customers: what BTYD models are fitted to. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { customers } from '../../src/present/questions/customers.ts'
import { readSettings } from '../../src/std/settings.ts'
import { runHere } from '../cli/surroundings.ts'
import { Shop } from '../engine/shop.ts'
import { realData } from '../real_data.ts'

const purchases = realData('cdnow_sample.txt.gz')
const summary = realData('cdnow_customers_summary.csv.gz')
const skip = purchases.skip || summary.skip
const MAP = join(import.meta.dirname, '../../examples/import-maps/cdnow.json')

const linesOf = (file: string) => gunzipSync(readFileSync(file)).toString().trim().split('\n')

/** `id,frequency,recency,T` as published, numbers as numbers. */
const published = () =>
  linesOf(summary.file)
    .slice(1)
    .map((line) => line.split(',').map(Number))

/** The published id of each customer: the sample numbers them within the whole file's ids. */
function publishedIds(): ReadonlyMap<string, number> {
  const words = linesOf(purchases.file).map((line) => line.trim().split(/\s+/))
  return new Map(words.map(([master = '', id]) => [master, Number(id)]))
}

/** The first moment of the last day of the calibration, and its last. */
const MOMENTS = ['1997-09-30T00:00:00.000Z', '1997-09-30T23:59:59.999Z']

test('frequency, recency and T of all customers are those published', { skip }, async (t) => {
  const shop = new Shop(t)
  const line = ['import', purchases.file, '--map', MAP, '--data', shop.directory]
  assert.equal((await runHere([...line, '--log-reserve-mb', '0'])).code, 0)
  await shop.open()
  const ids = publishedIds()
  for (const as_of of MOMENTS) {
    const asked = {
      ...{ as_of, search: undefined, person: undefined, columns: [] },
      ...{ group: [], lapsed_days: 90, where: [], seen_since: undefined },
      ...{ who: 'buyers', order: 'person_id', limit: 10_000, offset: 0 },
    }
    const context = { store: shop.processor.engine.store, settings: readSettings({}), as_of }
    const answer = await customers.ask(asked, context)
    const rows = answer.customers.map((row) => [
      ids.get(String(row.person_id)),
      row.repeat_purchase_days,
      row.recency_weeks,
      row.t_weeks,
    ])
    assert.equal(rows.length, 2_357)
    const byId = rows.sort(([left = 0], [right = 0]) => Number(left) - Number(right))
    assert.deepEqual(byId, published(), as_of)
  }
})
