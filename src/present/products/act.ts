/** The people behind a number of products: who saw, carted or bought them, or saw and left. */
import type { Statement } from '../questions/question.ts'
import { isIn, type Range } from './range.ts'

export const ACTS = ['viewed', 'carted', 'bought', 'left'] as const
export type Act = (typeof ACTS)[number]

export const ACT_PARAMETER = {
  type: 'choice',
  choices: ACTS,
  default: 'bought',
  cell: true,
  about: 'What they did; left: saw it and did not buy it.',
} as const

const EVENT_TYPES: Readonly<Record<Act, string>> = {
  ...{ viewed: 'view', carted: 'cart', bought: 'purchase', left: 'view' },
}

/** Those who did it with lines of `items` in a range that meet the condition. */
export function actPeopleSql(act: string, range: Range, condition: Statement): Statement {
  const lines = `SELECT * FROM items WHERE ${isIn(range)} AND ${condition.sql}`
  const bought = `SELECT visitor_id FROM (${lines}) WHERE event_type = 'purchase'`
  const isLeft = act === 'left'
  const sql = `SELECT coalesce(any_value(persons.person_id), told.visitor_id) AS person_id,
      told.visitor_id, any_value(told.user_id) AS user_id, count(*) AS times,
      max(told.event_time) AS last_time
    FROM (${lines}) AS told LEFT JOIN persons ON persons.visitor_id = told.visitor_id
    WHERE told.event_type = '${EVENT_TYPES[act as Act]}' AND told.visitor_id IS NOT NULL
      ${isLeft ? `AND told.visitor_id NOT IN (${bought} AND visitor_id IS NOT NULL)` : ''}
    GROUP BY told.visitor_id ORDER BY last_time DESC, told.visitor_id`
  return { sql, params: isLeft ? [...condition.params, ...condition.params] : condition.params }
}
