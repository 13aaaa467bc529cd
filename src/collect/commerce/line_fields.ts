/**
 * The product lines of an event, in the words of each vocabulary, to our columns. Whatever has no
 * column (variant, coupon, position, picture) stays with its line, in `properties`.
 */
import { LINE_COLUMNS } from '../../model/events.ts'
import { columnReader, shown } from '../columns.ts'
import { type FieldTable, fieldTable, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'

/** How a vocabulary writes a product. */
export interface LineNames {
  readonly fields: FieldTable
  /** Who stands in where the product has no id of its own, the best first. */
  readonly stand_ins: readonly string[]
  /** Further levels of the category, in order. */
  readonly levels?: readonly string[]
}

/** Columns of a product that refuse their event where they cannot be read: who, and how much. */
export const STRICT_PRODUCT_COLUMNS = ['product_id', 'price', 'quantity', 'line_id'] as const

function lineTable(aliases: Readonly<Record<string, string>>): FieldTable {
  return fieldTable(LINE_COLUMNS, { aliases, money: ['price'], strict: STRICT_PRODUCT_COLUMNS })
}

/** Segment; version 1 called the product `id`. */
export const SEGMENT_LINE: LineNames = Object.freeze({
  fields: lineTable({ productId: 'product_id', name: 'product_name' }),
  stand_ins: ['id', 'sku'],
})

export const GA4_LINE: LineNames = Object.freeze({
  fields: lineTable({
    item_id: 'product_id',
    item_name: 'product_name',
    item_brand: 'brand',
    item_category: 'category',
  }),
  stand_ins: ['id', 'item_name', 'product_name'],
  levels: ['item_category2', 'item_category3', 'item_category4', 'item_category5'],
})

/** Snowplow's product entity. */
export const SNOWPLOW_LINE: LineNames = Object.freeze({
  fields: lineTable({ id: 'product_id', name: 'product_name' }),
  stand_ins: ['sku'],
})

const readProductId = columnReader('product_id', LINE_COLUMNS.product_id)

/** Takes a property away again, for a column that it turned out to belong to. */
function takeProperty(target: Target, name: string): unknown {
  const value = target.properties?.[name]
  if (value === undefined || value === null || value === '') return undefined
  delete target.properties?.[name]
  return value
}

/**
 * Gives a product without an id the id of its best stand-in. The stand-in may be a column, too (its
 * name); that one stays.
 */
export function putProductId(target: Target, stand_ins: readonly string[]): Dropped | undefined {
  if (target.product_id !== undefined) return undefined
  for (const name of stand_ins) {
    const value = target[name] ?? takeProperty(target, name)
    if (value === undefined) continue
    const id = readProductId?.(value)
    if (id instanceof Dropped) return id
    target.product_id = id
    return undefined
  }
  return undefined
}

function putLevels(line: Target, levels: readonly string[]): void {
  const path = [line.category]
  for (const name of levels) path.push(takeProperty(line, name))
  const category = path.filter((level) => typeof level === 'string').join('.')
  if (category !== '') line.category = category
}

/** Reads one product; answers its first mistake, if any. */
function readLine(sent: object, names: LineNames, line: Target): Dropped | undefined {
  const dropped = readFields(sent, names.fields, line) ?? putProductId(line, names.stand_ins)
  if (dropped) return dropped
  if (names.levels) putLevels(line, names.levels)
  return undefined
}

/** Reads the array of products that stands under `name`; answers its first mistake. */
export function readLines(value: unknown, name: string, names: LineNames): Target[] | Dropped {
  if (!Array.isArray(value)) {
    return invalid('wrong_type', `${name} is ${shown(value)}; it must be an array of objects`)
  }
  const lines: Target[] = []
  for (const sent of value) {
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
      return invalid('wrong_type', `${name} holds ${shown(sent)}; it must hold objects`)
    }
    const line: Target = {}
    const dropped = readLine(sent, names, line)
    if (dropped) return dropped
    lines.push(line)
  }
  return lines
}
