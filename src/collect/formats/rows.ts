/**
 * What is known of products and customers: POST /v1/products and /v1/customers with one row, an
 * array or NDJSON. A row is an upsert by its key; the latest `updated_at` counts, the time of
 * receipt where none is given.
 *
 *   {"product_id":"p1","product_name":"Kettle","category":"kitchen.kettle","price":29.9,"stock":12}
 */
import { DIMENSIONS } from '../../model/dimensions.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { invalid } from '../steps/step.ts'
import type { RowFormat } from './format.ts'
import { countedAnswer, splitOwn } from './native.ts'

function rowFormat(
  dimension: 'products' | 'customers',
  aliases: Readonly<Record<string, string>>,
): RowFormat {
  const { stream, key } = DIMENSIONS[dimension]
  const fields = fieldTable(stream.declaration.columns, { aliases, consumed: ['writeKey'] })
  return Object.freeze<RowFormat>({
    name: dimension,
    about: `${dimension}: ${stream.declaration.about}; each row an upsert by ${key}`,
    kind: 'rows',
    dimension,
    paths: [`/v1/${dimension}`],
    split: ({ text }, values_max) => splitOwn(text, values_max),
    row(value) {
      const row: Target = {}
      const dropped = readFields(value, fields, row)
      if (dropped) return dropped
      const name = row[key]
      return typeof name === 'string'
        ? { key: name, row }
        : invalid('missing_field', `${key} is missing`)
    },
    answer: countedAnswer,
  })
}

export const products = rowFormat('products', {
  name: 'product_name',
  product_category: 'category',
  category_code: 'category',
})

export const customers = rowFormat('customers', {
  customer_id: 'user_id',
  name: 'customer_name',
  segment: 'customer_segment',
})
