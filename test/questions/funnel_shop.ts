/** What the tests of funnels share: asking as the API does, and the same asked of the reducer. */
import assert from 'node:assert/strict'
import type { Funnel } from '../../src/model/funnel.ts'
import type { FunnelAnswer } from '../../src/present/funnel/answer_shape.ts'
import { askPeople, askQuestion } from '../../src/present/questions/asking.ts'
import { type AnyQuestion, questionsOf } from '../../src/present/questions/registry.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'
import type { Shop } from '../engine/shop.ts'
import {
  countUnits,
  type FunnelSpec,
  type Predicate,
  type Session,
  type Step,
  unitFunnel,
  unitsOf,
} from '../oracle/funnel.ts'

export type Given = Readonly<Record<string, unknown>>

function asking(shop: Shop, settings: SettingValues) {
  return { engine: shop.processor.engine, settings: readSettings(settings), clock: systemClock }
}

export function funnelNamed(funnels: readonly Funnel[] = []): AnyQuestion {
  const found = questionsOf({ funnels }).find(({ name }) => name === 'funnel')
  assert.ok(found)
  return found
}

export async function askFunnel(
  shop: Shop,
  given: Given,
  funnels: readonly Funnel[] = [],
  settings: SettingValues = {},
): Promise<FunnelAnswer> {
  const answer = await askQuestion(funnelNamed(funnels), given, asking(shop, settings))
  return answer as FunnelAnswer
}

/** Follows a path of an answer to the people behind it. */
export async function follow(shop: Shop, path: string, funnels: readonly Funnel[] = []) {
  const url = new URL(path, 'http://shop')
  assert.equal(url.pathname, '/api/funnel/people')
  const keys = [...new Set(url.searchParams.keys())]
  const given = Object.fromEntries(keys.map((key) => [key, url.searchParams.getAll(key)]))
  return askPeople(funnelNamed(funnels), given, asking(shop, {}))
}

/** The shop's sessions as the reducer takes them. */
export async function sessionsOf(shop: Shop, where = 'true'): Promise<readonly Session[]> {
  const rows = await shop.rows(`SELECT coalesce(persons.person_id, visitor_id) AS person_id,
      visitor_id, session_id, window_start, step_types, step_times, step_products,
      step_categories, step_prices
    FROM sessions LEFT JOIN persons USING (visitor_id) WHERE ${where}`)
  return rows.map((row) => {
    const types = row.step_types as readonly string[]
    const list = (name: string) => row[name] as readonly (string | null)[]
    const steps = types.map((event_type, at): Step => {
      const price = list('step_prices')[at] ?? null
      return {
        event_type,
        time_ms: Date.parse(list('step_times')[at] ?? ''),
        category: list('step_categories')[at] ?? null,
        product: list('step_products')[at] ?? null,
        price: price === null ? null : Number(price),
      }
    })
    return {
      person_id: String(row.person_id),
      visitor_id: String(row.visitor_id),
      session_id: (row.session_id as string | null) ?? null,
      begun_ms: Date.parse(String(row.window_start)),
      steps,
    }
  })
}

/** Steps by their words, with what they mean. */
export const WORDS: Readonly<Record<string, Predicate>> = {
  view: ({ event_type }) => event_type === 'view',
  cart: ({ event_type }) => event_type === 'cart',
  purchase: ({ event_type }) => event_type === 'purchase',
  remove_from_cart: ({ event_type }) => event_type === 'remove_from_cart',
  page: ({ event_type }) => event_type === 'page',
  any: () => true,
  'view:price=2..6': ({ event_type, price }) =>
    event_type === 'view' && price !== null && price >= 2 && price <= 6,
  'cart:product!=p1': ({ event_type, product }) => event_type === 'cart' && product !== 'p1',
  'view:category=shoes': ({ event_type, category }) =>
    event_type === 'view' && category === 'shoes',
  'cart:category=shoes,price=4..': ({ event_type, category, price }) =>
    event_type === 'cart' && category === 'shoes' && price !== null && price >= 4,
  'any:category=shoes': ({ category }) => category === 'shoes',
}

export interface Variant {
  /** `optional:` before a word makes it so. */
  readonly steps: readonly string[]
  readonly exclude?: readonly string[]
  readonly within_s?: number
  readonly order?: FunnelSpec['order']
  readonly scope?: FunnelSpec['scope']
}

const predicateOf = (word: string): Predicate => {
  const found = WORDS[word]
  assert.ok(found, word)
  return found
}

export function specOf({ steps, exclude = [], within_s, order, scope }: Variant): FunnelSpec {
  return {
    steps: steps.map((word) => ({
      is: predicateOf(word.replace(/^optional:/, '')),
      optional: word.startsWith('optional:'),
    })),
    exclude: exclude.map(predicateOf),
    within_ms: within_s === undefined ? null : within_s * 1_000,
    order: order ?? 'loose',
    scope: scope ?? 'session',
  }
}

export function givenOf({ steps, exclude = [], within_s, order, scope }: Variant): Given {
  const within = within_s === undefined ? {} : { within: `${within_s} seconds` }
  return { steps, exclude, ...within, ...(order ? { order } : {}), ...(scope ? { scope } : {}) }
}

const middle = (sorted: readonly number[]): number | null => {
  const half = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** Counts, breakdown by the first category and medians: the answer's equal the reducer's. */
export function compare(answer: FunnelAnswer, sessions: readonly Session[], variant: Variant) {
  const spec = specOf(variant)
  const units = unitsOf(sessions, spec.scope).map((steps) => unitFunnel(steps, spec))
  const told = {
    units: answer.units,
    counts: answer.steps.map(({ count }) => count),
    with_step: answer.steps.map(({ with_step }) => with_step),
  }
  assert.deepEqual(told, countUnits(units, spec), JSON.stringify(variant))
  const begun = units.filter(({ depth }) => depth > 0)
  const groups = Map.groupBy(begun, ({ first }) => first?.category ?? null)
  for (const part of answer.breakdown?.values ?? []) {
    const members = groups.get(part.value) ?? []
    const counts = part.steps.map(({ count }) => count)
    if (!part.is_other) assert.deepEqual(counts, countUnits(members, spec).counts)
  }
  for (const [index, { count, median_s }] of (answer.time_to_convert?.steps ?? []).entries()) {
    const took = units.flatMap(({ took_ms }) => took_ms[index] ?? [])
    const expected = middle(took.sort((one, other) => one - other))
    assert.equal(count, took.length)
    assert.equal(median_s, expected === null ? null : expected / 1_000, JSON.stringify(variant))
  }
}
