/**
 * What currencies were worth: POST /v1/rates with one row, an array or NDJSON. `rate` is what one
 * unit of the currency was worth on that day in the currency of the shop (the setting `currency`).
 * Told again, a day's rate is replaced; an order takes the latest of its day or before.
 *
 *   {"date":"2026-01-31","currency":"USD","rate":0.9213}
 */
import { DIMENSIONS } from '../../model/dimensions.ts'
import { shown } from '../columns.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { type Dropped, invalid } from '../steps/step.ts'
import { epochMs } from '../times.ts'
import type { RowFormat } from './format.ts'
import { countedAnswer, splitOwn } from './native.ts'

const { stream, key } = DIMENSIONS.rates

/** What every row must say. */
export const RATE_COLUMNS = ['date', 'currency', 'rate'] as const

export const RATE_ALIASES = { day: 'date', currency_code: 'currency' } as const

const FIELDS = fieldTable(stream.declaration.columns, {
  aliases: RATE_ALIASES,
  consumed: ['writeKey', key],
})

const DAY = /^\d{4}-\d{2}-\d{2}$/
const THREE_LETTERS = /^[A-Z]{3}$/

function mistakeIn({ date, currency, rate }: Target): Dropped | undefined {
  if (!DAY.test(String(date)) || Number.isNaN(epochMs(String(date)))) {
    return invalid('bad_time', `date is ${shown(date)}; send a day, such as 2026-01-31`)
  }
  if (!THREE_LETTERS.test(String(currency))) {
    const due = 'it must be three letters (ISO 4217)'
    return invalid('wrong_type', `currency is ${shown(currency)}; ${due}`)
  }
  if (Number(rate) > 0) return undefined
  return invalid('out_of_bounds', `rate is ${shown(rate)}; it must be above zero`)
}

export const rates: RowFormat = Object.freeze<RowFormat>({
  name: 'rates',
  about: `rates: ${stream.declaration.about}; each row an upsert by date and currency`,
  kind: 'rows',
  dimension: 'rates',
  paths: ['/v1/rates'],
  split: ({ text }, values_max) => splitOwn(text, values_max),
  row(value) {
    const row: Target = {}
    const dropped = readFields(value, FIELDS, row)
    if (dropped) return dropped
    const missing = RATE_COLUMNS.find((name) => row[name] === undefined)
    if (missing) return invalid('missing_field', `${missing} is missing`)
    row.currency = String(row.currency).toUpperCase()
    return mistakeIn(row) ?? { key: `${row.date}/${row.currency}`, row }
  },
  answer: countedAnswer,
})
