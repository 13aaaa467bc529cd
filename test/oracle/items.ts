/**
 * The stream `items`: one row per product line. An event with lines gives one row for each; one
 * without lines gives one row if it names a product. A line's own columns are never filled from its
 * event.
 */
import type { OracleLine, Read, Row } from './event.ts'
import { decimalTextOrNull, type Units, unitsOrNull, valueOfLine } from './money.ts'
import { isoTime } from './time.ts'

export interface Item {
  readonly read: Read
  readonly line_id: string | null
  readonly product_id: string | null
  readonly product_name: string | null
  readonly category: string | null
  readonly brand: string | null
  readonly price: Units | null
  readonly quantity: number | null
  readonly value: Units | null
}

function itemOf(read: Read, line: OracleLine): Item {
  const price = unitsOrNull(line.price)
  const quantity = line.quantity ?? null
  return {
    read,
    line_id: line.line_id ?? null,
    product_id: line.product_id ?? null,
    product_name: line.product_name ?? null,
    category: line.category ?? null,
    brand: line.brand ?? null,
    price,
    quantity,
    value: valueOfLine(price, quantity),
  }
}

/** The product lines of one event. An empty array of lines is no lines. */
export function linesOf(read: Read): readonly Item[] {
  const { event } = read
  if (event.items && event.items.length > 0) return event.items.map((line) => itemOf(read, line))
  return read.product_id === null ? [] : [ownLine(read)]
}

/** The event as the one line that it is itself. */
function ownLine(read: Read): Item {
  const { line_id, product_id, category, brand, price, quantity } = read.event
  return itemOf(read, { line_id, product_id, category, brand, price, quantity } as OracleLine)
}

/** What an order or refund says was sold: a price alone, of no named product, is a line too. */
export function linesSold(read: Read): readonly Item[] {
  const lines = linesOf(read)
  return lines.length === 0 && read.price !== null ? [ownLine(read)] : lines
}

export function itemRows(items: readonly Item[]): readonly Row[] {
  return items.map(({ read, price, value, ...line }) => ({
    event_id: read.event.event_id,
    event_type: read.event_type,
    event_time: isoTime(read.time),
    source: read.event.source,
    visitor_id: read.visitor_id,
    user_id: read.event.user_id ?? null,
    session_id: read.event.session_id ?? null,
    order_id: read.event.order_id ?? null,
    currency: read.event.currency ?? null,
    ...line,
    price: decimalTextOrNull(price),
    value: decimalTextOrNull(value),
  }))
}
