/**
 * Reads a REES46 file (a CSV, plain or .gz, with or without the extra index column) into events, by
 * itself: the product has a reader of its own, and the two are compared.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { OracleEvent } from './event.ts'

export interface Rees46Options {
  readonly source?: string
  /** The id of a row, from its number; data rows count from 1, unreadable ones too. */
  readonly eventIdOf?: (row_number: number) => string
  /** Written into every event; the file names no currency. */
  readonly currency?: string | null
}

const padded = (row_number: number) => String(row_number).padStart(12, '0')
const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/

/** Splits a line of CSV; a quoted field may hold commas and doubled quotes, but no line break. */
function fieldsOf(line: string): readonly string[] {
  const fields = `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return [...fields].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
}

/** The events of the file. A row with too few fields, as of a cut file, is no event. */
export function readRees46(file: string, options: Rees46Options = {}): readonly OracleEvent[] {
  const { source = 'rees46', eventIdOf = padded, currency = null } = options
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const [head = '', ...lines] = text.split(/\r?\n/)
  const names = fieldsOf(head)
  const eventOf = (line: string, index: number): readonly OracleEvent[] => {
    const fields = fieldsOf(line)
    if (fields.length !== names.length) return []
    const told = (name: string) => fields[names.indexOf(name)] || null
    const [, date, clock] = TIME.exec(told('event_time') ?? '') ?? []
    if (date === undefined) return []
    return [
      {
        event_id: eventIdOf(index + 1),
        source,
        origin: 'import',
        event_type: told('event_type') ?? '',
        event_time: `${date}T${clock}.000Z`,
        user_id: told('user_id'),
        session_id: told('user_session'),
        product_id: told('product_id'),
        category: told('category_code'),
        brand: told('brand'),
        price: told('price'),
        currency,
        properties: { category_id: told('category_id') },
      },
    ]
  }
  return lines.flatMap(eventOf)
}
