/** Spark's types in the words of its SQL: `decimal(18,4)`, `array<struct<id:string,n:bigint>>`. */
import type { DataType } from './generated/types_pb.ts'

export interface ColumnType {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

export function columnTypes(schema: DataType | undefined): readonly ColumnType[] {
  if (schema?.kind.case !== 'struct') return []
  return schema.kind.value.fields.map(({ name, dataType, nullable }) => ({
    name,
    type: typeText(dataType),
    nullable,
  }))
}

const WORDS = {
  null: 'void',
  binary: 'binary',
  boolean: 'boolean',
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
  timestampNtz: 'timestamp_ntz',
  calendarInterval: 'interval',
  yearMonthInterval: 'interval year to month',
  dayTimeInterval: 'interval day to second',
  variant: 'variant',
} as const

function typeText(type: DataType | undefined): string {
  const kind = type?.kind
  // A type that is younger than this client.
  if (kind?.case === undefined) return 'unknown'
  switch (kind.case) {
    case 'decimal':
      return `decimal(${kind.value.precision ?? 10},${kind.value.scale ?? 0})`
    case 'char':
      return `char(${kind.value.length})`
    case 'varChar':
      return `varchar(${kind.value.length})`
    case 'array':
      return `array<${typeText(kind.value.elementType)}>`
    case 'map':
      return `map<${typeText(kind.value.keyType)},${typeText(kind.value.valueType)}>`
    case 'struct': {
      const fields = kind.value.fields.map(({ name, dataType }) => `${name}:${typeText(dataType)}`)
      return `struct<${fields.join(',')}>`
    }
    case 'unparsed':
      return kind.value.dataTypeString
    default:
      return WORDS[kind.case]
  }
}
