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

/** Tricky: DuckDB ends a statement at a NUL, so none may stand in one, not even between quotes. */
export function quoteText(text: string): string {
  const [first = '', ...rest] = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return rest.length === 0 ? first : `(${[first, ...rest].join(' || chr(0) || ')})`
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
  if (type !== 'JSON' || isDeep(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value // JSON too deep for the parser stays as the text it was stored as.
  }
}

/** JSON nested deeper stays text: whoever writes it out again would run out of stack. */
const JSON_DEPTH_MAX = 500

/** Brackets within texts count too: at worst a long value stays as it was stored. */
function isDeep(text: string): boolean {
  if (text.length < 2 * JSON_DEPTH_MAX) return false
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++depth)
    else if (sign === ']' || sign === '}') depth -= 1
  }
  return deepest > JSON_DEPTH_MAX
}
