/** What is asked of a funnel, checked: a declared one or one in the asker's own words. */
import { conversionFunnel, type Funnel, funnel } from '../../model/funnel.ts'
import { type FunnelStep, STEP_COLUMNS, stepWords } from '../../model/funnel_step.ts'
import type { Duration } from '../../model/window.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import {
  COLUMNS_OF,
  type SessionConditions,
  sessionConditions,
} from '../questions/session_filters.ts'
import type { Counters } from './short_units_sql.ts'

export type ColumnHome = 'session' | 'customer' | 'step'

export type FunnelInterval = '15m' | 'hour' | 'day' | 'week' | 'month'

export interface FunnelRequest {
  readonly funnel: Funnel
  /** Who asks for a declared one by its name gets the name back. */
  readonly declared: string | null
  readonly required: readonly FunnelStep[]
  readonly from: string | null
  readonly to: string | null
  /** Which sessions are asked about. */
  readonly sessions: SessionConditions
  readonly by: { readonly column: string; readonly home: ColumnHome } | null
  readonly interval: FunnelInterval
  readonly top: number
  readonly counters: Counters
}

/** The parameters, checked one by one but not yet together. */
export interface FunnelWords {
  readonly steps: readonly string[]
  readonly name: string | undefined
  readonly optional: readonly string[]
  readonly exclude: readonly string[]
  readonly within: string | undefined
  readonly order: string | undefined
  readonly scope: string | undefined
  readonly where: readonly string[]
  readonly by: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly interval: string
  readonly top: number
}

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)

function homeOf(column: string, homes: readonly ColumnHome[]): ColumnHome {
  const columns: Readonly<Record<ColumnHome, readonly string[]>> = {
    ...COLUMNS_OF,
    step: Object.keys(STEP_COLUMNS).filter((name) => name !== 'price'),
  }
  const found = homes.find((home) => columns[home].includes(column))
  if (found) return found
  const known = homes.flatMap((home) => columns[home])
  const guess = nearest(column, known)
  const hint = guess ? `Did you mean ${guess}?` : `Columns: ${known.join(', ')}.`
  throw bad(`There is no column "${column}" to ask by. ${hint}`)
}

/** `--optional cart` makes every step written `cart` optional. */
function markOptional(steps: readonly string[], optional: readonly string[]): readonly string[] {
  const named = new Set(stepWords(optional))
  for (const word of named) {
    if (!steps.includes(word)) throw bad(`optional: "${word}" is none of the steps.`)
  }
  return steps.map((word) => (named.has(word) ? `optional:${word}` : word))
}

function ownFunnel(words: FunnelWords): Funnel {
  const { within, order, scope } = words
  try {
    return funnel('own', {
      steps: markOptional(stepWords(words.steps), words.optional),
      exclude: stepWords(words.exclude),
      ...(within === undefined ? {} : { within: within as Duration }),
      ...(order === undefined ? {} : { order: order as Funnel['order'] }),
      ...(scope === undefined ? {} : { scope: scope as Funnel['scope'] }),
    })
  } catch (mistake) {
    throw mistake instanceof ClickpathError ? mistake : bad(messageOf(mistake))
  }
}

function declaredFunnel(words: FunnelWords, declared: readonly Funnel[]): Funnel {
  const { name = conversionFunnel.name } = words
  const own = ['optional', 'exclude', 'within', 'order'] as const
  const changed = own.filter((key) => (words[key] ?? []).length > 0)
  if (changed.length > 0) {
    throw bad(
      `A declared funnel is asked as it stands: leave ${changed.join(', ')} out, or name its steps.`,
    )
  }
  const all = [...declared, conversionFunnel]
  const found = all.find((candidate) => candidate.name === name)
  if (found) {
    return words.scope ? { ...found, scope: words.scope as Funnel['scope'] } : found
  }
  throw bad(`There is no funnel ${name}. Declared: ${all.map((each) => each.name).join(', ')}.`)
}

/** Throws BAD_REQUEST for words that do not fit together. */
export function requestOf(
  words: FunnelWords,
  declared: readonly Funnel[],
  counters: Counters,
): FunnelRequest {
  const isOwn = words.steps.length > 0
  if (isOwn && words.name) throw bad('Give either steps or the name of a declared funnel.')
  const asked = isOwn ? ownFunnel(words) : declaredFunnel(words, declared)
  const { from = null, to = null, interval, top } = words
  const by = words.by ?? asked.by
  return Object.freeze({
    funnel: asked,
    declared: isOwn ? null : asked.name,
    required: asked.steps.filter(({ need }) => need === 'required'),
    from,
    to,
    sessions: sessionConditions({ ...words, where: [...asked.where, ...words.where] }),
    by: by === null ? null : { column: by, home: homeOf(by, ['session', 'step', 'customer']) },
    interval: interval as FunnelInterval,
    ...{ top, counters },
  })
}
