/**
 * What HTTP refuses, said in SQL: the same rules in the same order with the same reasons, so that a
 * flat file needs no JavaScript per row. A test compares the two, row by row.
 *
 * A mistake is one text, `reason 0x1f detail`; null where there is none.
 */
import type { InvalidReason } from '../../model/record.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Settings } from '../../std/settings.ts'
import { DECIMAL_PATTERN, INTEGER_PATTERN } from '../columns.ts'
import { VALUE_MAX } from '../steps/drop_unaccountable.ts'
import { EVENT_TYPE_ALIASES } from '../steps/put_event_type.ts'
import type { FlatColumn } from './flat_columns.ts'

const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]'
const OFFSET = `([Zz]| UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)`
const SECOND = '(:[0-5][0-9]([.,][0-9]{1,9})?)?'
const TIME_PATTERN = `[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ]${CLOCK}${SECOND}${OFFSET}?)?`
const WITHOUT_SECONDS = `^(.{11}[0-9]{2}:[0-9]{2})([^:0-9]|$)`

/** Macros that the statements below use. */
export const MACROS: readonly string[] = [
  `CREATE OR REPLACE TEMP MACRO shown(x) AS
    '"' || left(x, 60) || CASE WHEN length(x) > 60 THEN '"...' ELSE '"' END`,
  `CREATE OR REPLACE TEMP MACRO any_time(x) AS CASE WHEN regexp_full_match(x, '${TIME_PATTERN}')
    THEN timezone('UTC', TRY_CAST(regexp_replace(replace(upper(x), ',', '.'),
      '${WITHOUT_SECONDS}', '\\1:00\\2') AS TIMESTAMPTZ)) END`,
  // Tricky: the plain cast is three times as fast but reads over an offset, so it gets UTC alone.
  `CREATE OR REPLACE TEMP MACRO utc_time(x) AS
    CASE WHEN strlen(x) = 23 AND suffix(x, ' UTC') AND x[12:13] < '24' THEN TRY_CAST(x AS TIMESTAMP)
    ELSE any_time(x) END`,
  `CREATE OR REPLACE TEMP MACRO known_time(t) AS
    CASE WHEN t >= TIMESTAMP '1970-01-01' AND t < TIMESTAMP '10000-01-01' THEN t END`,
]

const canonicalType = (cell: string): string => {
  const cases = [...EVENT_TYPE_ALIASES].map(
    ([word, name]) => `WHEN ${quoteText(word)} THEN ${quoteText(name)}`,
  )
  return `CASE lower(${cell}) ${cases.join(' ')} ELSE lower(${cell}) END`
}

/** The value of a cell as its column has it; null where it is absent or a mistake. */
export function typedCell({ cell, column, declaration }: FlatColumn): string {
  if (column === 'event_type') return canonicalType(cell)
  if (column === 'currency') return `upper(${cell})`
  const readAs = (pattern: string, type: string) =>
    `CASE WHEN regexp_full_match(${cell}, '${pattern}') THEN TRY_CAST(${cell} AS ${type}) END`
  if (declaration.type === 'decimal') return readAs(DECIMAL_PATTERN, 'DECIMAL(18,4)')
  if (declaration.type === 'integer') return readAs(INTEGER_PATTERN, 'BIGINT')
  return declaration.type === 'timestamp' ? `known_time(utc_time(${cell}))` : cell
}

const mistake = (reason: InvalidReason, detail: string) =>
  `${quoteText(`${reason}\x1f`)} || ${detail}`

function numberMistakes({ cell, column, declaration }: FlatColumn): readonly string[] {
  const name = quoteName(column)
  const bound = declaration.bound ?? Number.MAX_SAFE_INTEGER
  const pattern = declaration.type === 'decimal' ? DECIMAL_PATTERN : INTEGER_PATTERN
  const due = declaration.type === 'decimal' ? 'a number' : 'a whole number'
  const wrong = `${quoteText(`${column} is `)} || shown(${cell}) || '; it must be ${due}'`
  const outside = `${quoteText(`${column} is `)} || ${cell} ||
    '; it must be between -${bound} and ${bound}'`
  return [
    `WHEN ${cell} IS NOT NULL AND ${name} IS NULL AND NOT regexp_full_match(${cell}, '${pattern}')
      THEN ${mistake('wrong_type', wrong)}`,
    `WHEN ${cell} IS NOT NULL AND ${name} IS NULL OR abs(${name}) >= ${bound}
      THEN ${mistake('out_of_bounds', outside)}`,
  ]
}

function columnMistakes(flat: FlatColumn): readonly string[] {
  const { cell, column, declaration } = flat
  if (declaration.type === 'timestamp') {
    const detail = `${quoteText(`${column} is `)} || shown(${cell}) ||
      '; send ISO 8601 in UTC, from 1970'`
    return [
      `WHEN ${cell} IS NOT NULL AND ${quoteName(column)} IS NULL
        THEN ${mistake('bad_time', detail)}`,
    ]
  }
  if (declaration.type !== 'text') return numberMistakes(flat)
  const bound = declaration.bound ?? Number.MAX_SAFE_INTEGER
  const detail = quoteText(`${column} has more than ${bound} characters`)
  // Bytes are counted faster than characters, and are never fewer.
  return [
    `WHEN strlen(${cell}) > ${bound} AND length(${cell}) > ${bound}
      THEN ${mistake('too_long', detail)}`,
  ]
}

export interface CheckOptions {
  readonly columns: readonly FlatColumn[]
  /** Whether a row must say when it happened; else it counts as having happened on receipt. */
  readonly time: 'required' | 'optional'
  readonly received_at: string
  readonly settings: Pick<Settings, 'future_ms_max' | 'event_bytes_max'>
}

const VISITOR = ['anonymous_id', 'user_id', 'session_id']

/** The first mistake of a typed row that also has `properties` and `unreadable`, `trouble`. */
export function firstMistake({ columns, time, received_at, settings }: CheckOptions): string {
  const has = (column: string) => columns.some((flat) => flat.column === column)
  const texts = columns.filter(({ declaration }) => declaration.type === 'text')
  const cells = [...texts.map(({ cell }) => cell), 'properties']
  const nul = cells.map((cell) => `contains(${cell}, chr(0))`).join(' OR ')
  const nobody = VISITOR.filter(has).map((name) => `${quoteName(name)} IS NULL`)
  const received = `TIMESTAMP ${quoteText(received_at)}`
  const future = `CAST(client_time AS VARCHAR) || '; it was received at ${received_at}'`
  const steps: readonly (readonly [boolean, string, InvalidReason, string])[] = [
    [true, 'event_type IS NULL', 'missing_field', `'event_type is missing'`],
    [true, nul, 'bad_text', `'a text holds the character NUL (U+0000)'`],
    [
      true,
      nobody.join(' AND ') || 'TRUE',
      'missing_field',
      `'one of anonymous_id, user_id and session_id is needed'`,
    ],
    [time === 'required', 'client_time IS NULL', 'missing_field', `'the time is missing'`],
    [
      has('client_time'),
      `client_time > ${received} + INTERVAL '${settings.future_ms_max} milliseconds'`,
      'in_future',
      `'the time is ' || ${future}`,
    ],
    [
      has('currency'),
      `NOT regexp_full_match(currency, '[A-Z]{3}')`,
      'wrong_type',
      `'currency is "' || currency || '"; it must be three letters (ISO 4217)'`,
    ],
    [
      has('price') && has('quantity'),
      `abs(CAST(price AS DOUBLE) * quantity) >= ${VALUE_MAX}`,
      'out_of_bounds',
      `'price x quantity must be below ${VALUE_MAX}'`,
    ],
    [
      true,
      `strlen(properties) > ${settings.event_bytes_max}`,
      'event_too_large',
      `'more than ${settings.event_bytes_max} bytes'`,
    ],
  ]
  const chain = steps
    .filter(([applies]) => applies)
    .map(([, condition, reason, detail]) => `WHEN ${condition} THEN ${mistake(reason, detail)}`)
  return `CASE WHEN unreadable IS NOT NULL THEN ${mistake('unreadable_row', 'trouble')}
    ${[...columns.flatMap(columnMistakes), ...chain].join('\n    ')} END`
}
