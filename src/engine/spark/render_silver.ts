/**
 * From records to silver in Spark SQL, as views that read one another:
 *
 *   lines     value (one record as JSON), lane, position
 *   raw       the records, typed
 *   told      the events among them with derived columns, id_hash and fingerprint
 *   verdicts  told with what becomes of each: stored, duplicate (same content) or id_conflict
 *
 * A record that is not JSON cannot come: only our own writers write the log.
 */
import { events, items, LINE_COLUMNS } from '../../model/events.ts'
import { ENVELOPE_COLUMNS, type LineColumn, RECORD_EVENT_COLUMNS } from '../../model/record.ts'
import type { Columns } from '../../model/stream.ts'
import { renderExpression } from './render_expression.ts'
import { SPARK_TYPES, sparkName, sparkStruct, sparkText } from './words.ts'

const eventColumns: Columns = events.declaration.columns
const itemColumns: Columns = items.declaration.columns

const LINE_TYPE = `ARRAY<${sparkStruct(
  Object.fromEntries(
    Object.entries(LINE_COLUMNS).map(([name, { type }]) => [name, SPARK_TYPES[type]]),
  ),
)}>`

const RECORD_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    RECORD_EVENT_COLUMNS.map((name) => [name, SPARK_TYPES[eventColumns[name]?.type ?? 'text']]),
  ),
  ...Object.fromEntries(
    Object.entries(ENVELOPE_COLUMNS).map(([name, type]) => [name, SPARK_TYPES[type]]),
  ),
  items: LINE_TYPE,
}

/** Times are read as text: they carry their zone and up to six digits of a second. */
const READ_TYPES = Object.fromEntries(
  Object.entries(RECORD_TYPES).map(([name, type]) => [
    name,
    type === 'TIMESTAMP' ? 'STRING' : type,
  ]),
)

export function rawSql(lines: string): string {
  const columns = Object.entries(RECORD_TYPES).map(([name, type]) => {
    const read = `told.${sparkName(name)}`
    return type === 'TIMESTAMP' ? `CAST(${read} AS TIMESTAMP) AS ${sparkName(name)}` : read
  })
  const schema = sparkText(sparkStruct(READ_TYPES))
  return `SELECT ${columns.join(', ')}, lane, position
    FROM (SELECT from_json(value, ${schema}) AS told, lane, position FROM ${lines})`
}

const derivedColumn = (columns: Columns, name: string) => {
  const derived = columns[name]?.derived
  return derived ? `${renderExpression(derived())} AS ${sparkName(name)}` : sparkName(name)
}

const FINGERPRINTED = RECORD_EVENT_COLUMNS.filter(
  (name) =>
    !['event_time', 'received_at', 'ip', 'user_agent', 'source', 'event_id', 'origin'].includes(
      name,
    ),
)

/** The store's hashes have no sign. */
const positive = (values: string) => `shiftrightunsigned(xxhash64(${values}), 1)`

export function toldSql(raw: string): string {
  const columns = Object.keys(eventColumns).map((name) => derivedColumn(eventColumns, name))
  const content = [...FINGERPRINTED.map(sparkName), 'to_json(items)']
  // Tricky: xxhash64 passes over nulls; where they stand must count.
  const told = content.map((value) => `coalesce(CAST(${value} AS STRING), '\\u0001')`)
  return `SELECT ${columns.join(', ')}, CASE WHEN size(items) > 0 THEN items END AS items,
    ${positive('source, event_id')} AS id_hash, ${positive(told.join(', '))} AS fingerprint,
    lane, position
    FROM ${raw} WHERE record = 'event'`
}

/** `known` has the source, event_id and fingerprint of what silver holds of these days. */
export function verdictsSql(told: string, known: string): string {
  const copies = 'OVER (PARTITION BY source, event_id ORDER BY received_at, lane, position)'
  return `SELECT * EXCEPT (copy, first_fingerprint, known_fingerprint), CASE
      WHEN known_fingerprint = fingerprint THEN 'duplicate'
      WHEN known_fingerprint IS NOT NULL THEN 'id_conflict'
      WHEN copy = 1 THEN 'stored'
      WHEN fingerprint = first_fingerprint THEN 'duplicate'
      ELSE 'id_conflict' END AS verdict
    FROM (SELECT told.*, known.known_fingerprint, row_number() ${copies} AS copy,
        first_value(fingerprint) ${copies} AS first_fingerprint
      FROM ${told} AS told LEFT JOIN (
        SELECT source AS known_source, event_id AS known_event_id,
          any_value(fingerprint) AS known_fingerprint FROM ${known} GROUP BY ALL) AS known
      ON known_source = source AND known_event_id = event_id)`
}

const lineType = (name: LineColumn) => SPARK_TYPES[LINE_COLUMNS[name].type]

/** The stream `items` over events: a row per line, or the event as its own one line. */
export function itemsOf(relation: string): string {
  const own = new Set([...Object.keys(LINE_COLUMNS), 'value'])
  const shared = Object.keys(itemColumns)
    .filter((name) => !own.has(name))
    .map(sparkName)
  const lineNames = Object.keys(LINE_COLUMNS)
  const ofEvent = lineNames.map((name) =>
    name in eventColumns && name !== 'properties'
      ? sparkName(name)
      : `CAST(NULL AS ${lineType(name as LineColumn)}) AS ${sparkName(name)}`,
  )
  const ofLine = lineNames.map((name) => `line_of.${sparkName(name)}`)
  return `(SELECT *, ${derivedColumn(itemColumns, 'value')} FROM (
    SELECT ${[...shared, ...ofEvent].join(', ')} FROM ${relation}
      WHERE items IS NULL AND product_id IS NOT NULL
    UNION ALL
    SELECT ${[...shared, ...ofLine].join(', ')}
      FROM (SELECT ${shared.join(', ')}, explode(items) AS line_of FROM ${relation}
        WHERE items IS NOT NULL)))`
}
