/**
 * Which record fails a batch. Lines are narrowed down by halving the range of a hash of their
 * place, each half computed on Spark and rolled back; what is found is told as an invalid record
 * instead, by a line that takes its place.
 */
import type { SparkSession } from './connect/session.ts'
import { dataClass } from './failures.ts'
import { sparkText } from './words.ts'

export interface SparkCulprit {
  readonly lane: string
  readonly position: number
  readonly detail: string
}

const FIRST = -(2n ** 63n)
const LAST = 2n ** 63n - 1n
const HASH = 'xxhash64(lane, position)'

const between = (lines: string, first: bigint, last: bigint) =>
  `(SELECT * FROM ${lines} WHERE ${HASH} >= ${wide(first)} AND ${HASH} <= ${wide(last)})`

/** Tricky: the least of all has no literal of its own. */
const wide = (value: bigint) => `CAST('${value}' AS BIGINT)`

/** Computes these lines and rolls back; throws what they fail with. */
export type Trial = (lines: string) => Promise<void>

/** Null where no single record fails by itself. */
export async function findCulprit(
  session: SparkSession,
  lines: string,
  trial: Trial,
): Promise<SparkCulprit | null> {
  let [first, last] = [FIRST, LAST]
  for (;;) {
    const some = between(lines, first, last)
    const places = await session.run(`SELECT lane, position FROM ${some} LIMIT 2`)
    const [place] = places
    if (!place) return null
    if (places.length === 1 || first === last) {
      const detail = await failureOf(trial, some)
      if (detail === null) return null
      return { lane: String(place.lane), position: Number(place.position), detail }
    }
    const middle = (first + last) >> 1n
    if ((await failureOf(trial, between(lines, first, middle))) === null) first = middle + 1n
    else last = middle
  }
}

/** Null when the lines pass. */
async function failureOf(trial: Trial, lines: string): Promise<string | null> {
  try {
    await trial(lines)
    return null
  } catch (thrown) {
    const failed = dataClass(thrown)
    if (failed === null) throw thrown
    return `Spark cannot compute with it: ${failed}`
  }
}

/** The lines with culprits told as what they are. */
export function withoutCulprits(lines: string, culprits: readonly SparkCulprit[]): string {
  if (culprits.length === 0) return lines
  const named = (path: string) => `get_json_object(value, '$.${path}')`
  const is = ({ lane, position }: SparkCulprit) =>
    `lane = ${sparkText(lane)} AND position = ${position}`
  const branches = culprits.map((culprit) => {
    const told = [
      "'record', 'invalid'",
      "'reason', 'engine_refused'",
      `'detail', ${sparkText(culprit.detail)}`,
      "'raw', value",
      ...['source', 'received_at', 'event_id', 'origin'].map((name) => `'${name}', ${named(name)}`),
    ]
    return `WHEN ${is(culprit)} THEN to_json(named_struct(${told.join(', ')}))`
  })
  return `(SELECT CASE ${branches.join(' ')} ELSE value END AS value, lane, position FROM ${lines})`
}
