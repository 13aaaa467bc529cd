/** The moment that customers are told of. */
import type { QuestionContext, Statement } from '../questions/question.ts'

/**
 * The moment the shop has reached: what every active source has told of. The watermark is earlier
 * by the time that events may be late; a customer who bought just now shall show now.
 */
export const REACHED: Statement = Object.freeze({
  sql: '(SELECT arg_max(horizon, batch) FROM batches)',
  params: [],
})

/** The moment that is asked for, else the one that the shop has reached, as SQL. */
export const momentOf = (as_of: string | undefined): Statement =>
  as_of === undefined ? REACHED : { sql: '?', params: [as_of] }

/** What `as_of` is: as asked, else reached, else (before the first event) what is given. */
export async function settledMoment(
  asked: string | undefined,
  { store, as_of }: Pick<QuestionContext, 'store' | 'as_of'>,
): Promise<string> {
  if (asked !== undefined) return asked
  const [row] = await store.rows(`SELECT ${REACHED.sql} AS reached`)
  return typeof row?.reached === 'string' ? row.reached : as_of
}
