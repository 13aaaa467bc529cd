/**
 * Arrow to plain values that JSON can carry. Decimals are text, and so are whole numbers beyond
 * 2^53; times are text in UTC to the microsecond, as Spark sends them (without Z for its times
 * without time zone), days text, intervals months or microseconds, lists arrays, structs and maps
 * objects. Only bytes stay bytes.
 */
import {
  DataType,
  Int32,
  Int64,
  IntervalUnit,
  List,
  type Table,
  tableFromIPC,
  Vector,
} from 'apache-arrow'
import { decimalText } from './decimals.ts'
import { dayText, timeText } from './times.ts'

export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value }

export type Row = { readonly [column: string]: Value }

/** Of columns with the same name, the last one is kept. */
export function rowsOf(table: Table): Row[] {
  const columns = table.schema.fields.map(({ name }, index) => ({
    name,
    values: valuesOf(table.getChildAt(index)),
  }))
  return Array.from({ length: table.numRows }, (_, row) => rowOf(columns, row))
}

/** One batch as Spark sends it: a whole Arrow IPC stream. */
export function tableOf(ipc: Uint8Array): Table {
  return tableFromIPC(ipc)
}

interface Column {
  readonly name: string
  readonly values: readonly Value[]
}

function rowOf(columns: readonly Column[], row: number): Row {
  const out: Record<string, Value> = {}
  for (const { name, values } of columns) {
    const value = values[row] ?? null
    // Tricky: a plain assignment of this name would set the object's prototype.
    if (name === '__proto__') Object.defineProperty(out, name, { value, enumerable: true })
    else out[name] = value
  }
  return out
}

function valuesOf(vector: Vector | null): readonly Value[] {
  if (!vector) return []
  const { type } = vector
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone ? 'Z' : ''
    return each<bigint>(as(vector, new Int64()), (micros) => timeText(micros, zone))
  }
  if (DataType.isInt(type)) {
    return type.bitWidth === 64 ? each<bigint>(vector, exact) : each<number>(vector, same)
  }
  if (DataType.isDecimal(type)) {
    return each<Uint32Array>(vector, (words) => decimalText(words, type.scale))
  }
  if (DataType.isDate(type)) return each<number>(as(vector, new Int32()), dayText)
  if (DataType.isDuration(type)) return each<bigint>(as(vector, new Int64()), exact)
  if (DataType.isInterval(type) && type.unit === IntervalUnit.YEAR_MONTH) {
    return each<number>(as(vector, new Int32()), same)
  }
  if (DataType.isMap(type)) return mapsOf(vector)
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    return each<Vector>(vector, valuesOf)
  }
  if (DataType.isStruct(type)) {
    const columns = type.children.map(({ name }, index) => ({
      name,
      values: valuesOf(vector.getChildAt(index)),
    }))
    return Array.from({ length: vector.length }, (_, row) =>
      vector.isValid(row) ? rowOf(columns, row) : null,
    )
  }
  return each<Value>(vector, same)
}

/** Arrow's maps are lists of pairs. */
function mapsOf(vector: Vector): readonly Value[] {
  const [pair] = vector.type.children ?? []
  if (!pair) return []
  return each<Vector>(as(vector, new List(pair)), (pairs) => {
    const [keys, values] = [valuesOf(pairs.getChildAt(0)), valuesOf(pairs.getChildAt(1))]
    return Object.fromEntries(keys.map((key, index) => [String(key), values[index] ?? null]))
  })
}

/** The same bytes, read as another type of the same width: the library's own times lose digits. */
function as(vector: Vector, type: DataType): Vector {
  return new Vector(vector.data.map((data) => data.clone(type)))
}

function each<T>(vector: Vector, plain: (value: T) => Value): readonly Value[] {
  return Array.from({ length: vector.length }, (_, row) => {
    const value: T | null = vector.get(row)
    return value === null ? null : plain(value)
  })
}

const same = <T>(value: T): T => value

function exact(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
