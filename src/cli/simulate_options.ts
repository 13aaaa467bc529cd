/** The options of `clickpath simulate`: what they are, and their words as numbers and times. */
import { ClickpathError } from '../std/errors.ts'
import type { Options, OptionValues } from './command.ts'

export const SIMULATE_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    default: 'http://127.0.0.1:4000',
    about: 'Where the collector is.',
  },
  key: { type: 'string', value: 'KEY', about: 'The write key, where the collector asks for one.' },
  shop: {
    type: 'string',
    value: 'NAME',
    default: 'realistic',
    about:
      'realistic: people who browse, hesitate, return; store: these, and the products, customers and logs of the shop; b2: clicks and one product hardly bought.',
  },
  rate: { type: 'string', value: 'N', about: 'Events a second, at most. Default: 20.' },
  rhythm: {
    type: 'string',
    value: 'NAME',
    default: 'flat',
    about: 'flat: the same rate at all hours; day: more in the evening, less at night (UTC).',
  },
  users: {
    type: 'string',
    value: 'N',
    about: 'People who know the shop. Default: 5,000 (b2: 500).',
  },
  products: {
    type: 'string',
    value: 'N',
    about: 'Products it has. Default: 1,000 (b2: 100; --out: 40,000).',
  },
  seed: {
    type: 'string',
    value: 'SEED',
    default: '1',
    about: 'The same seed gives the same people, products and, for a start, events.',
  },
  duration: {
    type: 'string',
    value: 'TIME',
    about: 'How long to send: 90, 90s, 10m, 2h. Without it, until Ctrl-C.',
  },
  'id-prefix': {
    type: 'string',
    value: 'TEXT',
    about:
      'Stands before each event_id: of b2 (no two runs with the same), of --replay (or its name).',
  },
  replay: {
    type: 'string',
    value: 'FILE',
    about: 'Send a REES46 file (.csv, .csv.gz) as live traffic instead of a simulated shop.',
  },
  speed: {
    type: 'string',
    value: 'N',
    about:
      'Of --replay: how many times faster than it happened. Default: 1. --rate goes before it.',
  },
  now: {
    type: 'boolean',
    about: 'Of --replay: events happen when they are sent, not when the file says.',
  },
  out: {
    type: 'string',
    value: 'FILE',
    about: 'Write a file of the REES46 shape (.csv, .csv.gz) instead of sending anything.',
  },
  events: { type: 'string', value: 'N', default: '1000000', about: 'Of --out: how many rows.' },
  'per-day': {
    type: 'string',
    value: 'N',
    default: '1370000',
    about: 'Of --out: rows of an average day.',
  },
  start: {
    type: 'string',
    value: 'DAY',
    default: '2019-10-01',
    about: 'Of --out: the time of the first row, UTC.',
  },
} as const satisfies Options
export type SimulateValues = OptionValues<typeof SIMULATE_OPTIONS>

type NumberOption = 'rate' | 'users' | 'products' | 'speed' | 'events' | 'per-day'
const BOUNDS: Readonly<Record<NumberOption, readonly [number, number]>> = {
  rate: [0.001, 1_000_000],
  users: [1, 10_000_000],
  products: [1, 1_000_000],
  speed: [0.001, 1_000_000],
  events: [1, 10_000_000_000],
  'per-day': [1, 1_000_000_000],
}
const WHOLE: readonly NumberOption[] = ['users', 'products', 'events']

/** The number of an option; undefined where it was not given. Throws USAGE outside its bounds. */
export function numberOf(values: SimulateValues, name: NumberOption): number | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const [least, most] = BOUNDS[name]
  const whole = WHOLE.includes(name)
  const number = text.trim() === '' ? Number.NaN : Number(text.replaceAll('_', ''))
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number
  const kind = whole ? 'a whole number' : 'a number'
  throw new ClickpathError(
    'USAGE',
    `--${name} ${text}: it must be ${kind} from ${least} to ${most}.`,
  )
}

/** One of the words allowed. Throws USAGE. */
export function wordOf<W extends string>(name: string, given: string, words: readonly W[]): W {
  const word = words.find((one) => one === given)
  if (word) return word
  throw new ClickpathError('USAGE', `--${name} ${given}: it must be one of ${words.join(', ')}.`)
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** `90`, `90s`, `10m`, `2h` in ms; undefined where no duration was given. Throws USAGE. */
export function durationOf(values: SimulateValues): number | undefined {
  const text = values.duration
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text.trim())
  if (!match) throw new ClickpathError('USAGE', `--duration ${text}: write 90, 90s, 10m or 2h.`)
  return Number(match[1]) * (UNIT_MS[match[2] || 's'] as number)
}

/** The start in ms since 1970: a day or an ISO 8601 time, UTC. Throws USAGE. */
export function startOf(values: SimulateValues): number {
  const text = values.start
  const time_ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
  if (!Number.isNaN(time_ms)) return time_ms
  throw new ClickpathError('USAGE', `--start ${text}: write 2019-10-01 or 2019-10-01T12:00:00Z.`)
}
