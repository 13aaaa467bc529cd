/**
 * Reading stored rows by their numbers. A join with the numbers alone scans all columns of the rows
 * between the first and the last of them; a condition on where they lie skips what lies between,
 * which are most rows of sessions: those that one transaction stored lie side by side.
 */
import { quoteName, quoteText } from '../../std/duckdb.ts'

/** Fewer rows in between are read along: they are skipped by vectors of 2,048. */
const GAP_MIN = 4_096
/** Beyond these, the nearest are taken together. */
const STRETCHES_MAX = 32

/** Keeps for this connection where row numbers lie: those of the query `numbers`, as `number`. */
export function keepStretches(name: string, numbers: string): string {
  return `SET VARIABLE ${quoteName(name)} = (
    WITH steps AS (SELECT number, number - lag(number) OVER (ORDER BY number) AS gap
      FROM (${numbers})),
    gaps AS (SELECT number, gap FROM steps WHERE gap > ${GAP_MIN}
      ORDER BY gap DESC LIMIT ${STRETCHES_MAX - 1})
    SELECT list_sort([min(number), max(number)]
      || coalesce((SELECT list(number - gap) || list(number) FROM gaps), [])) FROM steps)`
}

/** Whether `rowid` lies within one of the stretches that were kept; never where none were. */
export function withinStretches(name: string): string {
  const bound = (place: number) => `getvariable(${quoteText(name)})[${place}]`
  const stretches = Array.from({ length: STRETCHES_MAX }, (_, at) => {
    return `rowid BETWEEN ${bound(2 * at + 1)} AND ${bound(2 * at + 2)}`
  })
  return `(${stretches.join(' OR ')})`
}
