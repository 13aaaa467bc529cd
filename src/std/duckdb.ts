/** The words DuckDB has for the model's types, and how its text is quoted. Knows no table. */

export const DUCKDB_TYPES = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  wide: 'HUGEINT',
  decimal: 'DECIMAL(18,4)',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  json: 'JSON',
} as const

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function structType(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(([name, type]) => `${quoteName(name)} ${type}`)
  return `STRUCT(${parts.join(', ')})`
}

const EXACT_DIGITS = 15

function jsonNumber(text: string): number | string {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return digits.length <= EXACT_DIGITS ? Number(text) : text
}

const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?$/

/** `2019-10-01 00:00:00` as ISO 8601 with at least milliseconds: `2019-10-01T00:00:00.000Z`. */
export function isoTime(text: string): string {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? []
  return day ? `${day}T${time}${fraction.padEnd(4, fraction ? '0' : '.000').slice(0, 7)}Z` : text
}

/**
 * A value as DuckDB's JSON rows give it (numbers beyond 2^53 and decimals as text), turned into
 * what JSON readers expect: numbers where they are exact in a double (15 digits), ISO times, parsed
 * JSON.
 */
export function jsonValue(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null
  if (type.endsWith('[]')) {
    const element = type.slice(0, -2)
    return Array.isArray(value) ? value.map((each) => jsonValue(each, element)) : value
  }
  if (typeof value !== 'string') return value
  if (type.startsWith('DECIMAL') || type.endsWith('INT') || type === 'INTEGER')
    return jsonNumber(value)
  if (type.startsWith('TIMESTAMP')) return isoTime(value)
  if (type !== 'JSON') return value
  try {
    return JSON.parse(value)
  } catch {
    return value // JSON too deep for the parser stays as the text it was stored as.
  }
}
