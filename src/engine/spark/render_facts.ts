/**
 * What a batch adds beside states, in Spark SQL, with the columns of the store's fixed tables:
 * copies of orders, dimensions, refused records, and the ledger. The store adds which batch it was.
 * See the twins under duckdb/.
 */
import { DIMENSIONS, type DimensionName } from '../../model/dimensions.ts'
import type { Columns } from '../../model/stream.ts'
import { SPARK_TYPES, sparkName, sparkText } from './words.ts'

const line = (of: string, units: string, amount: string) => `named_struct(
  'product_id', ${of}product_id, 'category', ${of}category, 'brand', ${of}brand,
  'price', ${of}price, 'units', ${units}, 'amount', CAST(${amount} AS DECIMAL(18,4)))`
const LINE = line('each.', 'coalesce(each.quantity, 1)', 'each.price * coalesce(each.quantity, 1)')
const OWN_LINE = line('', 'coalesce(quantity, 1)', '`value`')

const LINES = `CASE WHEN items IS NOT NULL THEN transform(items, each -> ${LINE})
  WHEN product_id IS NOT NULL OR price IS NOT NULL THEN array(${OWN_LINE}) END`

const AMOUNTS = 'filter(transform(lines, each -> each.amount), each -> each IS NOT NULL)'
const ZERO = 'CAST(0 AS DECIMAL(38,4))'

/** The purchases and refunds of a relation of events. */
export function orderCopiesSql(relation: string): string {
  const total = `aggregate(${AMOUNTS}, ${ZERO}, (sum, each) -> CAST(sum + each AS DECIMAL(38,4)))`
  return `SELECT order_id, line_id, movement, CAST(rank AS TINYINT) AS rank,
      CAST(event_time AS TIMESTAMP_NTZ) AS event_time, event_id,
      source, visitor_id, user_id, session_id, currency, revenue AS stated,
      CASE WHEN size(${AMOUNTS}) > 0 THEN ${total} END AS lines_value, lines
    FROM (SELECT * EXCEPT (order_id),
        coalesce(order_id, source || '/' || event_id) AS order_id,
        CASE event_type WHEN 'purchase' THEN 'order' ELSE 'refund' END AS movement,
        CASE origin WHEN 'server' THEN 0 WHEN 'import' THEN 1 ELSE 2 END AS rank,
        ${LINES} AS lines
      FROM ${relation} WHERE event_type IN ('purchase', 'refund'))`
}

/** The records of a dimension; a field of the wrong type becomes null. */
export function dimensionSql(name: DimensionName, raw: string): string {
  const { stream, key } = DIMENSIONS[name]
  const told: Columns = stream.declaration.columns
  const columns = Object.entries(told).map(([column, { type }]) => {
    const field = `get_json_object(\`row\`, ${sparkText(`$.${column}`)})`
    const read = () => {
      if (column === key) return '`key`'
      if (column === 'updated_at') return 'coalesce(updated_at, received_at)'
      return type === 'json' || type === 'text'
        ? field
        : `try_cast(${field} AS ${SPARK_TYPES[type]})`
    }
    const kept = type === 'timestamp' ? `CAST(${read()} AS TIMESTAMP_NTZ)` : read()
    return `${kept} AS ${sparkName(column)}`
  })
  return `SELECT ${columns.join(', ')}, source
    FROM ${raw} WHERE record = ${sparkText(name)}`
}

export function refusedSql(raw: string, verdicts: string): string {
  const conflict = `'Another event with other content has the event_id ' || event_id || ' already.'`
  return `SELECT record AS outcome, reason, detail, raw, source,
      CAST(received_at AS TIMESTAMP_NTZ) AS received_at, event_id
      FROM ${raw} WHERE record IN ('invalid', 'filtered')
    UNION ALL SELECT 'invalid', 'id_conflict', ${conflict}, to_json(struct(*)), source,
      CAST(received_at AS TIMESTAMP_NTZ), event_id
      FROM ${verdicts} WHERE verdict = 'id_conflict'`
}

/** Per source and hour: what came, and what became of it. `late_before` has source and time. */
export function ledgerSql(
  raw: string,
  verdicts: string,
  late_before: ReadonlyMap<string, number>,
): string {
  const count = (word: string) => `count(*) FILTER (WHERE outcome = '${word}') AS ${word}`
  const words = ['stored', 'duplicate', 'invalid', 'filtered', 'erased'].map(count)
  const limits = [...late_before].map(
    ([source, time_us]) => `WHEN ${sparkText(source)} THEN timestamp_micros(${time_us})`,
  )
  const limit =
    limits.length > 0 ? `CASE source ${limits.join(' ')} END` : 'CAST(NULL AS TIMESTAMP)'
  return `SELECT source, CAST(date_trunc('HOUR', received_at) AS TIMESTAMP_NTZ) AS hour,
      count(*) AS received,
      ${words.join(', ')}, count(*) FILTER (WHERE outcome = 'stored' AND late) AS late,
      CAST(0 AS BIGINT) AS lost_to_damage
    FROM (
      SELECT source, received_at, FALSE AS late,
        CASE WHEN record IN ('invalid', 'filtered', 'erased') THEN record
          ELSE 'stored' END AS outcome
      FROM ${raw} WHERE record <> 'event'
      UNION ALL
      SELECT source, received_at, origin <=> 'import' = FALSE AND event_time < ${limit} AS late,
        CASE verdict WHEN 'id_conflict' THEN 'invalid' ELSE verdict END AS outcome
      FROM ${verdicts})
    GROUP BY source, date_trunc('HOUR', received_at)`
}
