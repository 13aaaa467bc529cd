/** The words Spark SQL has for the model's types, and how its names and texts are quoted. */
import type { ValueType } from '../../model/expression.ts'

export const SPARK_TYPES: Readonly<Record<ValueType, string>> = {
  text: 'STRING',
  integer: 'BIGINT',
  wide: 'DECIMAL(38,0)',
  decimal: 'DECIMAL(18,4)',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  json: 'STRING',
}

export const sparkName = (name: string) => `\`${name.replaceAll('`', '``')}\``

export const sparkText = (text: string) =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\u0000')}'`

/** The client's day of an event, by which silver is divided: a retry repeats its client time. */
export const CLIENT_DAY = 'CAST(coalesce(client_time, event_time) AS DATE)'

const dayPart = (part: string) => `${part}(${CLIENT_DAY}) AS ${part}`
export const DAY_COLUMNS = ['year', 'month', 'day'].map(dayPart).join(', ')

export const sparkStruct = (fields: Readonly<Record<string, string>>) =>
  `STRUCT<${Object.entries(fields)
    .map(([name, type]) => `${sparkName(name)}: ${type}`)
    .join(', ')}>`
