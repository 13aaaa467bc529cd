/**
 * The shop as it was at a moment: events, orders and sessions without anything that happened later,
 * each row with its person, as named parts of a WITH. The past is that of event time: an event that
 * arrived late belongs to the moment that it tells of. Who is who is taken as it is known now.
 */
import type { Settings } from '../../std/settings.ts'
import { ORDER_LINES, ORDER_MOVEMENTS, ordersSql } from '../orders_sql.ts'
import type { Statement } from '../questions/question.ts'
import { CUT_SESSIONS, PAST_SESSIONS } from './past_sessions.ts'
import { isWanted, type Whose, wantedPart } from './whose.ts'

/** Within the WITH: the moment itself. */
export const AS_OF = '(SELECT as_of FROM moment)'

const withPerson = (sql: string) =>
  `SELECT coalesce(linked.person_id, told.visitor_id) AS person_id, told.*
    FROM (${sql}) AS told LEFT JOIN linked ON linked.visitor_id = told.visitor_id`

/**
 * Tricky: the copies of orders are cut before orders are made of them, under the name that the SQL
 * of orders reads, so that a copy which came later wins nothing yet and a later refund takes
 * nothing.
 */
function orderCopies(whose: Whose): string {
  const past = `SELECT * FROM main.order_copies WHERE event_time <= ${AS_OF}`
  if (whose === 'everybody') return past
  return `${past} AND order_id IN (
    SELECT order_id FROM main.order_copies WHERE ${isWanted(whose)})`
}

/**
 * The parts `moment`, `past_events`, `past_items`, `past_orders`, `past_lines`, `past_movements`,
 * `all_sessions` and `past_sessions`, to stand after WITH; the parameters come first.
 */
export function pastOf(moment: Statement, whose: Whose, settings: Settings): Statement {
  const wanted = wantedPart(whose)
  const only = isWanted(whose)
  const until = `event_time <= ${AS_OF} AND ${only}`
  // Not kept: whoever reads a part needs few of its columns.
  const parts = Object.entries({
    order_copies: orderCopies(whose),
    past_events: withPerson(`SELECT * FROM events WHERE ${until}`),
    past_items: withPerson(`SELECT * FROM items WHERE ${until}`),
    past_orders: withPerson(`SELECT * FROM (${ordersSql(settings)}) WHERE ${only}`),
    past_lines: withPerson(`SELECT * FROM (${ORDER_LINES}) WHERE ${only}`),
    past_movements: withPerson(`SELECT * FROM (${ORDER_MOVEMENTS}) WHERE ${only}`),
    all_sessions: withPerson(`SELECT * FROM sessions WHERE ${only}`),
  }).map(([name, sql]) => `${name} AS NOT MATERIALIZED (${sql})`)
  const sql = `moment AS MATERIALIZED (SELECT CAST(${moment.sql} AS TIMESTAMP) AS as_of),
    linked AS MATERIALIZED (SELECT visitor_id, person_id FROM persons),
    ${wanted.sql} ${parts.join(', ')}, cut_sessions AS MATERIALIZED (${CUT_SESSIONS}),
    past_sessions AS NOT MATERIALIZED (${PAST_SESSIONS})`
  return { sql, params: [...moment.params, ...wanted.params] }
}
