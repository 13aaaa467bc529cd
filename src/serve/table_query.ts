/**
 * One table's rows by a request's words: time range, filters by column, order, limit. All values
 * are parameters; all names are looked up in the catalogue before they stand in SQL.
 */
import type { Row } from '../engine/contract.ts'
import { DUCKDB_TYPES, quoteName } from '../std/duckdb.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { ColumnInfo, TableInfo } from './catalogue.ts'
import { titleOf } from './column_words.ts'
import { unpivoted } from './pivot.ts'
import type { LimitedStore } from './served_engine.ts'

export interface TableRequest {
  /** ISO 8601; the range is [from, to). */
  readonly from?: string
  readonly to?: string
  /** Columns by comma, `-` before one for descending; the newest first where it is not given. */
  readonly order?: string
  readonly limit: number
  readonly shape: 'as declared' | 'unpivoted'
  /** Column to the values it may have; an empty value stands for null. */
  readonly filters: ReadonlyMap<string, readonly string[]>
}

export interface TableRows {
  readonly columns: readonly ColumnInfo[]
  readonly rows: readonly Row[]
  readonly truncated: boolean
}

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)

function columnsOf(info: TableInfo, { shape }: TableRequest): readonly ColumnInfo[] {
  const { pivot } = info
  if (shape === 'as declared' || !pivot) return info.columns
  const rest = info.columns.filter(({ role }) => role !== 'measure')
  const key: ColumnInfo = {
    ...{ name: pivot.by, title: titleOf(pivot.by), unit: null, type: 'text', role: 'key' },
    exact: 'exact',
    about: `the ${pivot.by}`,
  }
  const measures = pivot.measures.flatMap((name): readonly ColumnInfo[] => {
    const found = info.columns.find((column) => column.name === `${pivot.values[0]}_${name}`)
    return found ? [{ ...found, name, title: titleOf(name), about: name }] : []
  })
  const [keys, ends] = [rest.filter(({ role }) => role !== 'row'), rest.slice(-2)]
  return [...keys, key, ...measures, ...ends]
}

function columnNamed(columns: readonly ColumnInfo[], name: string, table: string): ColumnInfo {
  const found = columns.find((column) => column.name === name)
  if (found) return found
  const names = columns.map((column) => column.name).join(', ')
  throw bad(`${table} has no column ${name}. Columns: ${names}.`)
}

const castTo = ({ type }: ColumnInfo) => DUCKDB_TYPES[type === 'list' ? 'text' : type]

class Conditions {
  readonly sql: string[] = []
  readonly params: string[] = []

  addRange(time: string | null, sign: '>=' | '<', value: string | undefined): void {
    if (value === undefined) return
    if (time === null) throw bad('This table has no time, so it takes neither from nor to.')
    if (Number.isNaN(Date.parse(value))) {
      throw bad(`"${value}" is no time; write ISO 8601, such as 2026-01-31T12:00:00Z.`)
    }
    this.sql.push(`${quoteName(time)} ${sign} CAST(? AS TIMESTAMP)`)
    this.params.push(new Date(value).toISOString())
  }

  addFilter(column: ColumnInfo, values: readonly string[]): void {
    const name = quoteName(column.name)
    const choices = values.map((value) =>
      value === '' ? `${name} IS NULL` : `${name} = CAST(? AS ${castTo(column)})`,
    )
    this.sql.push(`(${choices.join(' OR ')})`)
    this.params.push(...values.filter((value) => value !== ''))
  }

  where(): string {
    return this.sql.length > 0 ? `WHERE ${this.sql.join(' AND ')}` : ''
  }
}

function orderOf(info: TableInfo, columns: readonly ColumnInfo[], { order }: TableRequest): string {
  const fallback = info.time === null ? '' : `-${info.time}`
  const words = (order ?? fallback).split(',').filter((word) => word !== '')
  const named = words.map((word) => {
    const name = word.replace(/^[-+]/, '')
    columnNamed(columns, name, info.name)
    return `${quoteName(name)} ${word.startsWith('-') ? 'DESC' : 'ASC'} NULLS LAST`
  })
  // Rows that are equal in the order asked for must not change places from answer to answer.
  const rest = info.identity.map((name) => `${quoteName(name)} NULLS LAST`)
  const all = [...named, ...rest]
  return all.length > 0 ? `ORDER BY ${all.join(', ')}` : ''
}

function relationOf(info: TableInfo, { shape }: TableRequest): string {
  if (shape === 'as declared') return quoteName(info.name)
  const rest = info.columns.filter(({ role }) => role !== 'measure').map(({ name }) => name)
  return unpivoted(info.name, info.pivot, rest)
}

/** Throws BAD_REQUEST for names and values that do not fit the table. */
export async function queryTable(
  store: LimitedStore,
  info: TableInfo,
  request: TableRequest,
  query_ms: number,
): Promise<TableRows> {
  const columns = columnsOf(info, request)
  const conditions = new Conditions()
  conditions.addRange(info.time, '>=', request.from)
  conditions.addRange(info.time, '<', request.to)
  for (const [name, values] of request.filters) {
    conditions.addFilter(columnNamed(columns, name, info.name), values)
  }
  const names = columns.map(({ name }) => quoteName(name)).join(', ')
  const sql = `SELECT ${names} FROM ${relationOf(info, request)} ${conditions.where()}
    ${orderOf(info, columns, request)} LIMIT ${request.limit + 1}`
  try {
    const rows = await store.rows(sql, conditions.params, { query_ms })
    const truncated = rows.length > request.limit
    return { columns, rows: truncated ? rows.slice(0, request.limit) : rows, truncated }
  } catch (thrown) {
    const message = messageOf(thrown)
    if (/^Conversion Error/.test(message)) throw bad(message.split('\n')[0] ?? message)
    throw thrown
  }
}
