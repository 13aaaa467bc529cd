/** Moving what is old to the archive, now and as far as asked, or saying what would be moved. */
import { ClickpathError } from '../../std/errors.ts'
import { count, list, nullable, object, type Route, type Schema, text } from '../route.ts'

const PART: Schema = object({
  files: count('segments of the log, or files (planned: days) of events'),
  records: count('records or events in them'),
  bytes: nullable('integer', 'of the files in the archive; null where nothing was moved'),
})

export const archive: Route = {
  method: 'POST',
  path: '/api/archive',
  summary: 'Moves old segments and events to the archive; answers when it is done.',
  access: 'admin',
  query: {
    before: text('what was received, and happened, before: ISO 8601; without it by the settings'),
    mode: { type: 'string', enum: ['move', 'plan'], default: 'move' },
  },
  answer: object({
    log: PART,
    events: PART,
    failures: list(text('why'), 'what stayed where it is, though it was due'),
  }),
  handle: async ({ housekeeping }, { query }) => {
    const times = query.before === undefined ? undefined : timesBefore(String(query.before))
    return query.mode === 'plan' ? housekeeping.plan(times) : housekeeping.archive(times)
  },
}

/** One time for log and events. Throws BAD_REQUEST for what is no time. */
export function timesBefore(before: string): {
  readonly log_before_ms: number
  readonly events_before_ms: number
} {
  const time_ms = /^\d{4}-\d\d-\d\d/.test(before) ? Date.parse(before) : Number.NaN
  if (Number.isNaN(time_ms)) {
    const why = `"${before}" is no date. Give one such as 2026-01-31, or a time in ISO 8601.`
    throw new ClickpathError('BAD_REQUEST', why)
  }
  return { log_before_ms: time_ms, events_before_ms: time_ms }
}
