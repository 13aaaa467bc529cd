/** The time that products are asked about, as SQL; and the equally long time before it. */
import { quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'

/** ISO 8601; [from, to), each end open where it is not given. */
export interface Range {
  readonly from: string | undefined
  readonly to: string | undefined
}

export const RANGE_PARAMETERS = {
  from: { type: 'time', about: 'What happened then or later.' },
  to: { type: 'time', about: 'What happened before.' },
} as const

/** Throws BAD_REQUEST where it ends before it begins. */
export function checkRange({ from, to }: Range): void {
  if (from && to && from >= to) {
    throw new ClickpathError('BAD_REQUEST', '`from` must lie before `to`.')
  }
}

/** Undefined where the range has no two ends, so that nothing can be as long. */
export function rangeBefore({ from, to }: Range): Required<Range> | undefined {
  if (!from || !to) return undefined
  const length_ms = Date.parse(to) - Date.parse(from)
  return { from: new Date(Date.parse(from) - length_ms).toISOString(), to: from }
}

export const timeSql = (time: string): string => `CAST(${quoteText(time)} AS TIMESTAMP)`

/** Whether a row's `event_time` lies in it. */
export function isIn({ from, to }: Range): string {
  const ends = [
    ...(from ? [`event_time >= ${timeSql(from)}`] : []),
    ...(to ? [`event_time < ${timeSql(to)}`] : []),
  ]
  return ends.length === 0 ? 'TRUE' : ends.join(' AND ')
}
