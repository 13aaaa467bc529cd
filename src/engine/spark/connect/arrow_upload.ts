/** Plain rows to Arrow, in the types and spellings that arrow_rows.ts gives back. */
import {
  Bool,
  type Data,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import type { Row, Value } from './arrow_rows.ts'
import { decimalWords } from './decimals.ts'
import { SparkError } from './errors.ts'
import { dayNumber, timeMicros } from './times.ts'

/** Spark's names of the types that rows can be uploaded in. */
export type UploadType =
  | 'string'
  | 'int'
  | 'bigint'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | `decimal(${number},${number})`
  | 'array<string>'

/** An Arrow IPC stream of the rows; a value that is missing is null. */
export function uploadOf(
  columns: Readonly<Record<string, UploadType>>,
  rows: readonly Row[],
): Uint8Array {
  const vectors = Object.entries(columns).map(([name, type]) => {
    const values = rows.map((row) => row[name] ?? null)
    return [name, columnOf(name, type, values)] as const
  })
  return tableToIPC(new Table(Object.fromEntries(vectors)), 'stream')
}

function columnOf(name: string, type: UploadType, values: readonly Value[]): Vector {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? []
  if (precision !== undefined && scale !== undefined) {
    const [digits, places] = [Number(precision), Number(scale)]
    const words = given(name, values, text, (value) => decimalWords(value, digits, places))
    return vectorFromArray(words, new Decimal(places, digits, 128))
  }
  switch (type) {
    case 'string':
      return vectorFromArray(given(name, values, text, same), new Utf8())
    case 'int':
      return vectorFromArray(given(name, values, whole(32), Number), new Int32())
    case 'bigint':
      return vectorFromArray(given(name, values, whole(64), same), new Int64())
    case 'double':
      return vectorFromArray(given(name, values, number, same), new Float64())
    case 'boolean':
      return vectorFromArray(given(name, values, truth, same), new Bool())
    case 'timestamp':
      return as(
        vectorFromArray(given(name, values, text, timeMicros), new Int64()),
        new TimestampMicrosecond('UTC'),
      )
    case 'date':
      return as(vectorFromArray(given(name, values, text, dayNumber), new Int32()), new DateDay())
    case 'array<string>':
      return vectorFromArray(
        given(name, values, texts, same),
        new List(new Field('element', new Utf8(), true)),
      )
    default:
      throw new SparkError('argument', `Column ${name} cannot be uploaded as ${type}.`)
  }
}

/** Checks and turns what is not null. */
function given<From, To>(
  name: string,
  values: readonly Value[],
  taken: (value: Value) => From | undefined,
  turned: (value: From) => To,
): (To | null)[] {
  return values.map((value, row) => {
    if (value === null) return null
    const where = `Row ${row + 1}, column ${name}`
    const from = taken(value)
    if (from === undefined) {
      const shown = JSON.stringify(value)?.slice(0, 100)
      throw new SparkError('argument', `${where}: ${shown} does not fit its type.`)
    }
    try {
      return turned(from)
    } catch (error) {
      throw new SparkError('argument', `${where}: ${(error as Error).message}`)
    }
  })
}

const same = <T>(value: T): T => value
const text = (value: Value): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
const number = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined)
const truth = (value: Value): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined
const whole =
  (bits: 32 | 64) =>
  (value: Value): bigint | undefined => {
    const isWhole = typeof value === 'string' ? /^-?\d+$/.test(value) : Number.isSafeInteger(value)
    if (!isWhole) return undefined
    const integer = BigInt(value as number | string)
    return BigInt.asIntN(bits, integer) === integer ? integer : undefined
  }
const texts = (value: Value): (string | null)[] | undefined =>
  Array.isArray(value) && value.every((part) => part === null || typeof part === 'string')
    ? value
    : undefined

/** The same bytes as another type: the library's own builder of times loses digits. */
function as(vector: Vector, type: TimestampMicrosecond | DateDay): Vector {
  return new Vector(vector.data.map((data: Data) => data.clone(type)))
}
