/**
 * Whether Spark has read all that a batch is of. The log says how many records each lane has; who
 * fetches them may find a gap, or what nobody of us wrote, and must say so rather than go on.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { SparkSession } from './connect/session.ts'
import type { SparkInput } from './sources.ts'
import { sparkText } from './words.ts'

/** Looks at the view `raw`. Throws `LOG_GONE`, `SPARK_UNFIT`. */
export async function requireWhole(
  session: SparkSession,
  { ranges, place }: SparkInput,
): Promise<void> {
  const rows = await session.run(
    'SELECT lane, count(*) AS n, count(record) AS told FROM raw GROUP BY lane',
  )
  const read = new Map(rows.map(({ lane, n, told }) => [String(lane), { n, told }]))
  const wanted = new Map<string, number>()
  for (const { lane, count } of ranges) wanted.set(lane, (wanted.get(lane) ?? 0) + count)
  for (const [lane, count] of wanted) {
    const { n = 0, told = 0 } = read.get(lane) ?? {}
    if (Number(n) === count && Number(told) === count) continue
    if ('files' in place) {
      throw new ClickpathError('BATCH_FAILED', `Spark read ${told} of ${count} records of ${lane}`)
    }
    const first = ranges.find((range) => range.lane === lane)?.first_position ?? 0
    const position = await firstMissing(session, lane, first)
    const foreign = 'what stands there was not written by Clickpath, or was compacted away'
    const [next] = await session.run(`SELECT min(position) AS position FROM raw
      WHERE lane = ${sparkText(lane)} AND record IS NOT NULL AND position > ${position}`)
    const on_from = next?.position == null ? position + 1 : Number(next.position)
    const reason = `${foreign}; it is whole again from ${on_from} on`
    throw new ClickpathError('LOG_GONE', lane, place.topic, position, reason, on_from)
  }
}

async function firstMissing(session: SparkSession, lane: string, first: number): Promise<number> {
  const [row] = await session.run(`SELECT min(expected) AS missing, count(*) AS n FROM (
      SELECT position, ${first} + row_number() OVER (ORDER BY position) - 1 AS expected
      FROM raw WHERE lane = ${sparkText(lane)} AND record IS NOT NULL)
    WHERE position <> expected`)
  if (row?.missing != null) return Number(row.missing)
  const [told] = await session.run(`SELECT count(record) AS n FROM raw
    WHERE lane = ${sparkText(lane)}`)
  return first + Number(told?.n)
}
