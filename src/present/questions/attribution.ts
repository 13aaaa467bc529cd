/** `attribution`: what brought the revenue? By channel or campaign, under every model. */
import { attributionAnswer, attributionRows } from './attribution_answer.ts'
import { ATTRIBUTION_PARAMETERS } from './attribution_parameters.ts'
import { ATTRIBUTION_SCHEMA, type AttributionAnswer } from './attribution_shape.ts'
import { attributionSql, buyersSql } from './attribution_sql.ts'
import type { Question } from './question.ts'

export const attribution: Question<typeof ATTRIBUTION_PARAMETERS, AttributionAnswer> = {
  name: 'attribution',
  answers: 'Which channels and campaigns brought the revenue, under which model?',
  parameters: ATTRIBUTION_PARAMETERS,
  examples: [
    'clickpath attribution',
    'clickpath attribution --by utm_campaign --lookback "14 days" --direct ignore',
    'clickpath attribution --model time_decay --half-life "3 days" --from 2026-01-01',
  ],
  answer: ATTRIBUTION_SCHEMA,
  statements: (asked, settings) => [attributionSql(asked, settings)],
  ask: async (asked, { store, settings }) => {
    const { sql, params } = attributionSql(asked, settings)
    return attributionAnswer(asked, await store.rows(sql, params))
  },
  people: (asked, settings) => buyersSql(asked, settings),
  rows: attributionRows,
}
