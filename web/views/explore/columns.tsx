/** Columns of the API as columns of a grid: title, unit and meaning as the API tells them. */
import type { ReactNode } from 'react'
import type { ColumnInfo } from '../../api/catalogue.ts'
import type { Row } from '../../api/routes.ts'
import {
  formatBytes,
  formatCell,
  formatCount,
  formatDuration,
  formatId,
  formatMoney,
  formatNumber,
  formatSeveral,
  formatShare,
  formatTime,
  isNumberType,
} from '../../parts/format.ts'
import type { GridColumn, GridKind } from '../../parts/grid.tsx'
import { Link } from '../../parts/link.tsx'

/** What is known of a column of a result: of SQL only name and type. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly title: string
  readonly unit: string | null
  readonly about?: string
  /** Of a table: `key` for those that name its rows within a window. */
  readonly role?: string
}

export const columnOf = ({ name, type, title, unit, about, role }: ColumnInfo): Column => ({
  ...{ name, type, title, unit, about, role },
})

/** Units that stand behind the title, since their numbers do not say them. */
const SAID: ReadonlySet<string> = new Set(['days', 'weeks'])

export const titleOf = ({ title, unit }: Column): string =>
  unit && SAID.has(unit) && !title.toLowerCase().includes(unit) ? `${title} (${unit})` : title

/** A value as people read it; of money the currency stands in its row, where there is one. */
export function formatOf(column: Column, value: unknown, row?: Row): string {
  if (value === null || value === undefined) return formatCell(value, column.type)
  if (column.type === 'timestamp') return formatTime(String(value))
  if (!isNumberType(column.type)) return formatCell(value, column.type)
  const number = Number(value)
  switch (column.unit) {
    case 'money':
      return formatMoney(number, currencyOf(row))
    case 'share':
      return formatShare(number)
    case 'seconds':
      return formatDuration(number)
    case 'milliseconds':
      return formatDuration(number / 1_000)
    case 'bytes':
      return formatBytes(number)
    default:
      return column.type === 'double' ? formatNumber(number) : formatCell(value, column.type)
  }
}

const currencyOf = (row: Row | undefined): string | null =>
  typeof row?.currency === 'string' ? row.currency : null

/** Whoever and whatever is named leads to its page. */
const LINKS: Readonly<Record<string, string>> = {
  ...{ person_id: 'customers', visitor_id: 'customers', product_id: 'products' },
}

function kindOf({ type, unit }: Column): GridKind {
  if (type === 'timestamp') return 'time'
  if (!isNumberType(type)) return 'text'
  if (unit === 'money' || unit === 'share') return unit
  return type === 'double' ? 'number' : 'count'
}

export function gridColumn(column: Column): GridColumn<Row> {
  const { name, about } = column
  const show = (row: Row): ReactNode => {
    const value = row[name]
    const to = LINKS[name]
    if (to !== undefined && typeof value === 'string' && value !== '') {
      return (
        <Link rest={[value]} title={value} to={to}>
          {formatId(value)}
        </Link>
      )
    }
    return formatOf(column, value, row)
  }
  const isText = !isNumberType(column.type) && LINKS[name] === undefined
  return {
    name,
    title: titleOf(column),
    kind: kindOf(column),
    ...(about ? { about } : {}),
    value: (row) => row[name],
    // Text shows itself, with all of it under the pointer.
    ...(isText ? {} : { show }),
  }
}

export const countWords = (rows: number, isMore: boolean): string =>
  isMore ? `The first ${formatCount(rows)} rows; there are more.` : formatSeveral(rows, 'row')
