/**
 * Carries the fields of a sent object over to columns, by a table of names. What has no column goes
 * to `properties` under its own name: mapping loses nothing, and no name (`__proto__`) reaches
 * anything but a plain own key.
 */
import type { Columns } from '../model/stream.ts'
import { type ColumnReader, columnReader, shown } from './columns.ts'
import { moneyOf } from './commerce/money.ts'
import { Dropped, invalid } from './steps/step.ts'

interface Field {
  readonly column: string
  readonly read: ColumnReader | 'properties' | 'lines' | 'consume'
  /** Of a value that cannot be read: its event is refused, or it becomes a property. */
  readonly mistake: 'refuse' | 'keep'
}

/** Sent names to columns. */
export type FieldTable = ReadonlyMap<string, Field>

export interface FieldNames {
  /** Other names of a column: `{ timestamp: 'client_time' }`. */
  readonly aliases?: Readonly<Record<string, string>>
  /** The field that holds product lines. */
  readonly lines?: string
  /** Fields read elsewhere, which say nothing about the event: a write key, the time of sending. */
  readonly consumed?: readonly string[]
  /** Columns that hold money: amounts with a currency sign or marks between thousands are read. */
  readonly money?: readonly string[]
  /** Columns whose values refuse the event where they cannot be read; all, if not said. */
  readonly strict?: readonly string[]
}

/** What is read into: columns, the rest in `properties`, product lines in `items`. */
export interface Target {
  [column: string]: unknown
  properties?: Record<string, unknown>
  items?: unknown[]
}

/** Every column that a client may send, under its own name and its aliases. */
export function fieldTable(columns: Columns, names: FieldNames = {}): FieldTable {
  const table = new Map<string, Field>()
  for (const [column, declaration] of Object.entries(columns)) {
    const read = declaration.type === 'json' ? 'properties' : columnReader(column, declaration)
    const mistake = names.strict?.includes(column) === false ? 'keep' : 'refuse'
    const isMoney = names.money?.includes(column) && typeof read === 'function'
    if (read) table.set(column, { column, read: isMoney ? moneyReader(read) : read, mistake })
  }
  for (const [alias, column] of Object.entries(names.aliases ?? {})) {
    const field = table.get(column)
    if (field) table.set(alias, field)
  }
  const mistake = 'refuse'
  if (names.lines) table.set(names.lines, { column: 'items', read: 'lines', mistake })
  for (const name of names.consumed ?? [])
    table.set(name, { column: name, read: 'consume', mistake })
  return table
}

function moneyReader(read: ColumnReader): ColumnReader {
  return (value) => read(moneyOf(value))
}

/** Writes an own key. Tricky: assigning to `__proto__` would change the object's prototype. */
export function putOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, writable: true })
}

/** Keeps a field without a column. A name that is taken gets `event.` before it. */
export function putProperty(target: Target, name: string, value: unknown): void {
  target.properties ??= {}
  let key = name
  while (Object.hasOwn(target.properties, key)) key = `event.${key}`
  putOwn(target.properties, key, value)
}

function putProperties(target: Target, value: unknown): Dropped | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid('wrong_type', `properties is ${shown(value)}; it must be an object`)
  }
  for (const key of Object.keys(value)) {
    putProperty(target, key, (value as Record<string, unknown>)[key])
  }
  return undefined
}

function readLines(target: Target, value: unknown, table: FieldTable): Dropped | undefined {
  if (!Array.isArray(value)) {
    return invalid('wrong_type', `items is ${shown(value)}; it must be an array of objects`)
  }
  const lines: Target[] = []
  for (const sent of value) {
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
      return invalid('wrong_type', `items holds ${shown(sent)}; it must hold objects`)
    }
    const line: Target = {}
    const dropped = readFields(sent, table, line)
    if (dropped) return dropped
    lines.push(line)
  }
  if (lines.length > 0) target.items = lines
  return undefined
}

/**
 * Reads `sent` into `target`. Null and the empty text say that a column is absent. Of two names of
 * one column the first stays, the other becomes a property. Answers the first mistake, if any.
 */
export function readFields(
  sent: object,
  table: FieldTable,
  target: Target,
  lines: FieldTable = table,
): Dropped | undefined {
  for (const name in sent) {
    const value = (sent as Record<string, unknown>)[name]
    const field = table.get(name)
    if (field === undefined) {
      putProperty(target, name, value)
    } else if (value !== null && value !== '') {
      const dropped = readField(field, name, value, target, lines)
      if (dropped) return dropped
    }
  }
  return undefined
}

function readField(
  { column, read, mistake }: Field,
  name: string,
  value: unknown,
  target: Target,
  lines: FieldTable,
): Dropped | undefined {
  if (read === 'consume') return undefined
  if (read === 'properties') {
    const dropped = putProperties(target, value)
    if (dropped && mistake === 'keep') putProperty(target, name, value)
    return mistake === 'keep' ? undefined : dropped
  }
  if (read === 'lines') return readLines(target, value, lines)
  if (target[column] !== undefined) {
    putProperty(target, name, value)
    return undefined
  }
  const result = read(value)
  if (result instanceof Dropped) {
    if (mistake === 'refuse') return result
    putProperty(target, name, value)
    return undefined
  }
  target[column] = result
  return undefined
}
