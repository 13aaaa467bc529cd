/** A row of the timeline as people read it: a session with its steps, an order with its lines. */
import type { Row } from '../../engine/contract.ts'

export interface Step {
  readonly event_type: unknown
  readonly at: string
  readonly product_id: unknown
  readonly category: unknown
  readonly page: unknown
  readonly price: unknown
}

export type TimelineEntry =
  | (Row & {
      readonly kind: 'session'
      readonly at: string
      readonly ended: string
      /** Events until the moment, of which the first ones are told as steps. */
      readonly events: number
      readonly steps: readonly Step[]
      readonly steps_truncated: boolean
    })
  | (Row & {
      readonly kind: 'order'
      readonly at: string
      readonly lines: readonly Row[]
      readonly refunds: readonly Row[]
    })

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Columns of the other kind are absent, not null. */
const picked = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name] ?? null]))

const SESSION_COLUMNS = [
  ...['visitor_id', 'session_id', 'channel', 'device_type', 'entry_page', 'exit_page', 'referrer'],
  ...['utm_source', 'utm_medium', 'utm_campaign'],
]
const ORDER_COLUMNS = [
  ...['order_id', 'visitor_id', 'session_id', 'source', 'currency', 'gross_revenue', 'refunded'],
  ...['revenue', 'revenue_converted', 'cancelled'],
]

function stepsOf(row: Row): readonly Step[] {
  const [types, times] = [listOf(row.step_types), listOf(row.step_times)]
  const [products, categories] = [listOf(row.step_products), listOf(row.step_categories)]
  const [pages, prices] = [listOf(row.step_pages), listOf(row.step_prices)]
  return types.map((event_type, index) => ({
    event_type,
    at: String(times[index]),
    product_id: products[index] ?? null,
    category: categories[index] ?? null,
    page: pages[index] ?? null,
    price: prices[index] ?? null,
  }))
}

/** What brought them and by which device may have been told later, so it is not told at all. */
function underWay({ visitor_id, session_id }: Row, steps: readonly Step[]): Row {
  const pages = steps.map(({ page }) => page).filter((page) => page !== null)
  return { visitor_id, session_id, entry_page: pages[0], exit_page: pages.at(-1) }
}

/** `known` is how many steps a session had that was under way; null for one that had ended. */
export function timelineEntry(row: Row): TimelineEntry {
  const at = String(row.at)
  if (row.kind === 'order') {
    const lines = listOf(row.lines) as readonly Row[]
    const refunds = listOf(row.refunds) as readonly Row[]
    return { kind: 'order', at, ...picked(row, ORDER_COLUMNS), lines, refunds }
  }
  const isOver = row.known === null || row.known === undefined
  const steps = isOver ? stepsOf(row) : stepsOf(row).slice(0, Number(row.known))
  return {
    kind: 'session',
    at,
    ended: isOver ? String(row.ended) : (steps.at(-1)?.at ?? at),
    events: isOver ? Number(row.events) : steps.length,
    ...picked(isOver ? row : underWay(row, steps), SESSION_COLUMNS),
    steps,
    steps_truncated: row.steps_truncated === true,
  }
}

/** What an entry is in one line: `page > view x3 > cart`, or the products of an order. */
export function wordsOf(entry: TimelineEntry): string {
  if (entry.kind === 'order') {
    return entry.lines.map(({ product_id, units }) => `${product_id} x${units}`).join(', ')
  }
  const runs: { readonly word: string; times: number }[] = []
  for (const { event_type } of entry.steps) {
    const last = runs.at(-1)
    if (last && last.word === event_type) last.times += 1
    else runs.push({ word: String(event_type), times: 1 })
  }
  return runs.map(({ word, times }) => (times > 1 ? `${word} x${times}` : word)).join(' > ')
}
