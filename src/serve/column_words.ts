/**
 * A column as people read it: a title without abbreviations, and the unit of its numbers. Both come
 * from the name alone, since names follow one rule: units last, rates as `part_to_whole`.
 */
import type { AnswerType } from '../model/measure.ts'

export type Unit =
  | 'money'
  | 'share'
  | 'ratio'
  | 'seconds'
  | 'milliseconds'
  | 'days'
  | 'weeks'
  | 'bytes'

const WORDS: Readonly<Record<string, string>> = {
  ...{ avg: 'mean', stddev: 'standard deviation', corr: 'correlation', min: 'lowest' },
  ...{ max: 'highest', id: 'ID', ip: 'IP', url: 'URL', utm: 'UTM', p25: '25 % quantile' },
  ...{ p50: 'median', p75: '75 % quantile', p95: '95 % quantile' },
}
const SUFFIXES: Readonly<Record<string, Unit>> = {
  ...{ s: 'seconds', ms: 'milliseconds', bytes: 'bytes', days: 'days', weeks: 'weeks' },
}
/** Of money, that is a double: means, quantiles and the like of amounts. */
const MONEY = /^((market_)?price_(avg|stddev|p\d\d)|order_value_avg|revenue_per_order)$/
const SHARE = /(^|_)(share|conversion)(_|$)|^(view|cart)_to_/
const NUMBERS: ReadonlySet<AnswerType> = new Set(['integer', 'wide', 'decimal', 'double'])

/** `price_avg` as `Price mean`; the unit at its end is told apart. */
export function titleOf(name: string): string {
  const parts = name.replace(/_m?s$/, '').split('_')
  const words = parts.map((part) => (Object.hasOwn(WORDS, part) ? WORDS[part] : part)).join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Null where it is a plain count, or no number at all. */
export function unitOf({
  name,
  type,
}: {
  readonly name: string
  readonly type: AnswerType
}): Unit | null {
  if (!NUMBERS.has(type)) return null
  const last = name.split('_').at(-1) ?? ''
  if (name !== last && Object.hasOwn(SUFFIXES, last)) return SUFFIXES[last] ?? null
  if (/(^|_)seconds(_|$)/.test(name)) return 'seconds'
  if (/^days_/.test(name)) return 'days'
  if (type === 'double' && SHARE.test(name)) return 'share'
  if (name === 'price_to_market') return 'ratio'
  if (type === 'decimal' && name !== 'rating') return 'money'
  return MONEY.test(name) ? 'money' : null
}
