/** Every wire format, by alphabet. A new one: its file, and one line here. */
import { cloudevents } from './cloudevents.ts'
import { envelope } from './envelope.ts'
import type { Format, Method } from './format.ts'
import { ga4, ga4Debug } from './ga4.ts'
import { logs } from './logs.ts'
import { native } from './native.ts'
import type { Question } from './question.ts'
import { rates } from './rates.ts'
import { customers, products } from './rows.ts'
import { segment } from './segment.ts'
import { segmentPixel } from './segment_pixel.ts'
import { SEGMENT_QUESTIONS } from './segment_questions.ts'
import { snowplow } from './snowplow.ts'

export const FORMATS: readonly Format[] = Object.freeze([
  cloudevents,
  customers,
  envelope,
  ga4,
  ga4Debug,
  logs,
  native,
  products,
  rates,
  segment,
  segmentPixel,
  snowplow,
])

const BY_PATH: ReadonlyMap<string, Format> = new Map(
  FORMATS.flatMap((format) => format.paths.map((path) => [path, format] as const)),
)

/**
 * Who answers a path, if anybody here; fixed paths come before patterns. Throws nothing: another
 * method of a known path is refused where the path is known.
 */
export function findFormat(path: string, method: Method): Format | Question | undefined {
  return (
    BY_PATH.get(path) ??
    SEGMENT_QUESTIONS.find((question) => question.matches(path)) ??
    FORMATS.find((format) => format.matches?.(path, method))
  )
}
