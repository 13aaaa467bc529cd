/**
 * A table of rows: sorted by any column, moved through by keyboard, and long ones drawn only where
 * somebody looks. A real table, so that screen readers tell row and column.
 */
import { type ReactNode, useMemo, useRef, useState } from 'react'
import {
  formatCell,
  formatCount,
  formatDuration,
  formatMoney,
  formatNumber,
  formatShare,
  formatTime,
} from './format.ts'
import { useWindow } from './grid_window.ts'
import { Empty } from './states.tsx'
import './grid.css'

export type GridKind = 'text' | 'count' | 'number' | 'share' | 'money' | 'duration' | 'time'

export interface GridColumn<R> {
  /** In files; unique in the table. */
  readonly name: string
  readonly title: string
  readonly kind?: GridKind
  /** What it means, at more length. */
  readonly about?: string
  /** What is sorted by, saved, and shown by its kind. */
  readonly value: (row: R) => unknown
  /** What is shown instead, such as a link. */
  readonly show?: (row: R) => ReactNode
}

export interface GridOrder {
  readonly column: string
  readonly direction: 'ascending' | 'descending'
}

interface GridProps<R> {
  /** Of the table, for those who listen. */
  readonly name: string
  readonly columns: readonly GridColumn<R>[]
  readonly rows: readonly R[]
  /** As they come, where nothing is said. */
  readonly order?: GridOrder
  /** Whoever is told puts the rows in order, such as the API where it has more than these. */
  readonly onOrder?: (order: GridOrder) => void
  /** In pixels; beyond it the rows scroll below the head. */
  readonly height?: number
  readonly keyOf?: (row: R) => string
  readonly empty?: ReactNode
}

const NUMBERS: ReadonlySet<GridKind> = new Set(['count', 'number', 'share', 'money', 'duration'])

export function Grid<R>({ name, columns, rows, height = 420, empty, ...given }: GridProps<R>) {
  const [own, setOwn] = useState(given.order)
  const isOwn = given.onOrder === undefined
  const order = isOwn ? own : given.order
  const place = useRef<HTMLDivElement>(null)
  const sorted = useMemo(
    () => (isOwn ? sortRows(rows, columns, order) : rows),
    [isOwn, rows, columns, order],
  )
  const { first, last, above, below } = useWindow(place, sorted.length)
  if (rows.length === 0) return <Empty title="No rows">{empty}</Empty>
  const keyOf = given.keyOf ?? (() => undefined)
  return (
    <section
      aria-label={name}
      className="grid"
      ref={place}
      style={{ maxHeight: height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      <table aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head
                column={column}
                key={column.name}
                onOrder={given.onOrder ?? setOwn}
                order={order}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Room height={above} span={columns.length} />
          {sorted.slice(first, last).map((row, at) => (
            <tr aria-rowindex={first + at + 2} key={keyOf(row) ?? first + at}>
              {columns.map((column) => (
                <Cell column={column} key={column.name} row={row} />
              ))}
            </tr>
          ))}
          <Room height={below} span={columns.length} />
        </tbody>
      </table>
    </section>
  )
}

/** In place of the rows that are not drawn. */
function Room({ height, span }: { readonly height: number; readonly span: number }) {
  if (height === 0) return null
  return (
    <tr>
      <td colSpan={span} style={{ height }} />
    </tr>
  )
}

interface HeadProps<R> {
  readonly column: GridColumn<R>
  readonly order: GridOrder | undefined
  readonly onOrder: (order: GridOrder) => void
}

function Head<R>({ column, order, onOrder }: HeadProps<R>) {
  const { name, title, kind = 'text', about } = column
  const now = order?.column === name ? order.direction : 'none'
  const first = NUMBERS.has(kind) ? 'descending' : 'ascending'
  const other = first === 'ascending' ? 'descending' : 'ascending'
  const next = () => onOrder({ column: name, direction: now === first ? other : first })
  return (
    <th
      aria-sort={now}
      className={NUMBERS.has(kind) ? 'number' : undefined}
      scope="col"
      title={about}
    >
      <button onClick={next} type="button">
        {title}
      </button>
    </th>
  )
}

function Cell<R>({ column, row }: { readonly column: GridColumn<R>; readonly row: R }) {
  const { kind = 'text', value, show } = column
  const text = show ? undefined : formatKind(value(row), kind)
  return (
    <td
      className={NUMBERS.has(kind) ? 'number' : undefined}
      title={text && text.length > 32 ? text : undefined}
    >
      {show ? show(row) : text}
    </td>
  )
}

function formatKind(value: unknown, kind: GridKind): string {
  if (value === null || value === undefined) return formatCell(value, 'text')
  switch (kind) {
    case 'count':
      return formatCount(value as number)
    case 'number':
      return formatNumber(value as number)
    case 'share':
      return formatShare(value as number)
    case 'money':
      return formatMoney(value as number)
    case 'duration':
      return formatDuration(value as number)
    case 'time':
      return formatTime(String(value))
    default:
      return formatCell(value, 'text')
  }
}

function sortRows<R>(
  rows: readonly R[],
  columns: readonly GridColumn<R>[],
  order: GridOrder | undefined,
): readonly R[] {
  const column = columns.find(({ name }) => name === order?.column)
  if (!order || !column) return rows
  const sign = order.direction === 'ascending' ? 1 : -1
  const isNumber = NUMBERS.has(column.kind ?? 'text')
  const compare = (one: unknown, other: unknown): number => {
    // What is not known stands at the end, whichever way is sorted.
    if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1
    if (other === null || other === undefined) return -1
    if (isNumber) return (Number(one) - Number(other)) * sign
    return String(one).localeCompare(String(other), undefined, { numeric: true }) * sign
  }
  return rows.toSorted((one, other) => compare(column.value(one), column.value(other)))
}
