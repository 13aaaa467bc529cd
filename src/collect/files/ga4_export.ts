/**
 * A row of GA4's export to BigQuery as a request of its Measurement Protocol would have said it:
 *
 *   {"event_timestamp":"1702651559604143","event_name":"purchase","user_pseudo_id":"42.17",
 *    "event_params":[{"key":"value","value":{"int_value":"31"}}],
 *    "ecommerce":{"transaction_id":"257059"},"items":[{"item_id":"p1","price":16.4}]}
 *
 * The export has a place for everything in every row: nulls, `(not set)` and empty lists say
 * nothing and are left out.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import { readEvent } from '../formats/ga4_event.ts'
import { type Fields, isObject } from '../formats/sent_object.ts'
import { type Dropped, invalid } from '../steps/step.ts'

const NOT_SET = '(not set)'
const VALUE_KINDS = ['string_value', 'int_value', 'float_value', 'double_value'] as const
const NUMBER = /^-?\d{1,15}(\.\d+)?$/

/** The one of the four that is said; whole numbers are written as texts. */
function paramValue(value: unknown): unknown {
  if (!isObject(value)) return undefined
  const kind = VALUE_KINDS.find((each) => value[each] !== null && value[each] !== undefined)
  if (kind === undefined) return undefined
  const said = value[kind]
  const isNumber = kind !== 'string_value' && typeof said === 'string' && NUMBER.test(said)
  return isNumber ? Number(said) : said
}

/** `[{"key":"a","value":{"int_value":"1"}}]` as `{a: 1}`. */
function paramsOf(list: unknown): Fields {
  if (!Array.isArray(list)) return {}
  const pairs = list.flatMap((each: unknown): [string, unknown][] => {
    const value = isObject(each) ? paramValue(each.value) : undefined
    return isObject(each) && typeof each.key === 'string' && value !== undefined
      ? [[each.key, value]]
      : []
  })
  return Object.fromEntries(pairs)
}

/** Without what says nothing; undefined where nothing is left. */
function said(value: unknown): unknown {
  if (value === null || value === NOT_SET || value === '') return undefined
  if (Array.isArray(value)) {
    const left = value.map(said).filter((each) => each !== undefined)
    return left.length > 0 ? left : undefined
  }
  if (!isObject(value)) return value
  const left = Object.entries(value)
    .map(([name, each]) => [name, said(each)] as const)
    .filter(([, each]) => each !== undefined)
  return left.length > 0 ? Object.fromEntries(left) : undefined
}

function saidFields(value: unknown): Fields {
  const left = said(value)
  return isObject(left) ? left : {}
}

function itemOf(item: unknown): Fields {
  const { item_params, ...rest } = isObject(item) ? item : {}
  return saidFields({ ...paramsOf(item_params), ...rest })
}

/** Written anew from the row's own columns, or only as texts of other columns. */
function restOf(row: Fields): Fields {
  const { event_id, event_date, event_timestamp, event_name, event_params, ...others } = row
  const { user_pseudo_id, user_id, user_properties, items, ecommerce, ...rest } = others
  return saidFields({ ...rest, user_properties: paramsOf(user_properties) })
}

/** What the order's own columns add to the parameters, which count more. */
function orderParams(name: string, ecommerce: unknown): Fields {
  const { transaction_id, purchase_revenue, refund_value, ...rest } = saidFields(ecommerce)
  const value = name === 'refund' ? refund_value : purchase_revenue
  // An order that is none has zero items in every row.
  if (transaction_id === undefined && value === undefined) return {}
  const { total_item_quantity, unique_items, ...amounts } = rest
  return saidFields({ ...amounts, transaction_id, value })
}

/**
 * What a line says, as a request would. Tricky: this is what the bounds on keys and depth are asked
 * of, not the line, most of whose keys say nothing.
 */
export function openExportLine(line: string): unknown {
  const row: unknown = JSON.parse(line)
  if (!isObject(row)) return row
  const { event_name: name, event_timestamp, user_pseudo_id, user_id } = row
  const items = Array.isArray(row.items) ? row.items.map(itemOf) : []
  const params = {
    ...orderParams(String(name), row.ecommerce),
    ...saidFields(paramsOf(row.event_params)),
    ...(items.length > 0 ? { items } : {}),
  }
  const shared = saidFields({ ...restOf(row), client_id: user_pseudo_id, user_id })
  return { event: { name, params, timestamp_micros: said(event_timestamp) }, shared }
}

/** The canonical event of an opened row that was given the id of its line. */
export function readExportRow({ event_id, event, shared }: Fields): CanonicalEvent | Dropped {
  const { name } = isObject(event) ? event : {}
  if (!isObject(shared) || name === undefined || name === null || name === '') {
    return invalid('missing_field', 'event_name is missing')
  }
  const read = readEvent({ event, shared })
  // Tricky: reloads of a thank-you page are rows of their own here, told apart by the row.
  return 'event_id' in read && typeof event_id === 'string' ? { ...read, event_id } : read
}
