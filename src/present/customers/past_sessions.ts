/** Sessions as they were at a moment, of the parts `all_sessions`, `past_events` and `moment`. */
import { renderExpression } from '../../engine/duckdb/render_expression.ts'
import { channel } from '../../model/channel.ts'

const SESSION = 'person_id, visitor_id, session_id, begun'

const WHOLE_SESSIONS = `SELECT ${SESSION}, channel, ended, window_end AS over, events, carts,
    purchases, session_quality
  FROM all_sessions WHERE ended <= (SELECT as_of FROM moment)`

/** Sessions that were under way: `known` of their steps were taken. */
export const CUT_SESSIONS = `SELECT ${SESSION}, known, step_times[known] AS ended,
    window_end - ended AS gap, step_types[1:known] AS types
  FROM (SELECT *, len(list_filter(step_times, lambda time: time <= as_of)) AS known
    FROM all_sessions, moment WHERE begun <= as_of AND ended > as_of)`

const SAME_SESSION = `other.visitor_id = cut.visitor_id
  AND other.session_id IS NOT DISTINCT FROM cut.session_id`

/** What brought people to them: their later events may say otherwise. */
const CUT_CHANNELS = `SELECT cut.visitor_id, cut.session_id, cut.begun,
    arg_min(channel, (event_time, event_id, source)) AS channel
  FROM cut_sessions AS cut JOIN (
    SELECT *, ${renderExpression(channel)} AS channel FROM past_events) AS other
    ON ${SAME_SESSION} AND other.event_time >= cut.begun
  WHERE channel IS NOT NULL GROUP BY ALL`

const counted = (type: string) => `len(list_filter(types, lambda type: type = '${type}'))`

/**
 * Told by their steps until then; of more than the steps that are kept nothing is known. How good
 * they would be was not known then.
 */
const TOLD_SO_FAR = `SELECT cut.person_id, cut.visitor_id, cut.session_id, cut.begun,
    coalesce(other.channel, 'direct') AS channel, cut.ended, cut.ended + gap AS over,
    known AS events, ${counted('cart')} AS carts, ${counted('purchase')} AS purchases,
    CAST(NULL AS DOUBLE) AS session_quality
  FROM cut_sessions AS cut LEFT JOIN (${CUT_CHANNELS}) AS other
    ON ${SAME_SESSION} AND other.begun = cut.begun`

export const PAST_SESSIONS = `${WHOLE_SESSIONS} UNION ALL BY NAME ${TOLD_SO_FAR}`
