/**
 * What people did, as rows of a visitor and a time, whatever it was: a visit (a session, when it
 * began), a purchase (an order, when it was placed), or an event of any other type. Also whose act
 * it was.
 */
import type { Statement } from './question.ts'

const ANY = 'any'

/** An order that was taken back was placed all the same; a credit note never was. */
const PURCHASES = `SELECT visitor_id, order_time AS act_time FROM orders
  WHERE coalesce(gross_revenue, 0) >= 0`
const VISITS = `SELECT visitor_id, window_start AS act_time FROM sessions`
const EVENTS = `SELECT visitor_id, event_time AS act_time FROM events WHERE event_type = ?`

/** In words, for answers. */
export function actWords(act: string): string {
  switch (act) {
    case 'visit':
      return 'a visit (a session, at its beginning)'
    case 'purchase':
      return 'a purchase (an order placed, cancelled later or not; credit notes are none)'
    case ANY:
      return 'a visit (a session, at its beginning) or a purchase (an order placed)'
    default:
      return `an event of type ${act}`
  }
}

function sourcesOf(act: string): readonly string[] {
  return act === ANY ? ['visit', 'purchase'] : [act]
}

const SOURCE_SQL: Readonly<Record<string, string>> = { visit: VISITS, purchase: PURCHASES }

/**
 * Every act that is the one or the other, once, with flags that say which: columns visitor_id,
 * act_time, begins, returns. A source that is both is read once.
 */
export function actsSql(begin: string, back: string): Statement {
  const [begins, returns] = [sourcesOf(begin), sourcesOf(back)]
  const sources = [...new Set([...begins, ...returns])]
  const parts = sources.map((source) => {
    const flags = `${begins.includes(source)} AS begins, ${returns.includes(source)} AS returns`
    const sql = Object.hasOwn(SOURCE_SQL, source) ? SOURCE_SQL[source] : EVENTS
    return `SELECT *, ${flags} FROM (${sql})`
  })
  const params = sources.filter((source) => !Object.hasOwn(SOURCE_SQL, source))
  return { sql: parts.join(' UNION ALL '), params }
}

/**
 * Visitors of whom nothing but a session is known: nobody can be seen to come back by it. Found
 * among the events, where ids that are absent cost next to nothing to find.
 */
export const NOBODY = `SELECT DISTINCT session_id AS visitor_id FROM events
  WHERE anonymous_id IS NULL AND user_id IS NULL`
