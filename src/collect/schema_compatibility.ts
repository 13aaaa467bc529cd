/**
 * Whether a newer schema takes all that an older one took, in the same sense. Pure. It knows the
 * words of JSON Schema that our schemas are written with; any other word that changed is told as a
 * break, so that nothing passes unseen.
 */
import type { Schema } from './schemas.ts'

export interface BreakingChange {
  /** Where in the schema, as a path of names: `items[].price`. Empty for the schema itself. */
  readonly path: string
  readonly kind: 'removed' | 'required' | 'narrower'
  /** What breaks for whom, in words. */
  readonly sentence: string
}

/** Compatible when there is no breaking change. */
export interface Comparison {
  readonly verdict: 'compatible' | 'breaking'
  readonly changes: readonly BreakingChange[]
}

/** Words that say nothing about what is valid. */
const NOTES: ReadonlySet<string> = new Set(['$schema', '$id', 'title', 'description'])

type Change = (kind: BreakingChange['kind'], path: string, sentence: string) => void

/**
 * Every change by which something that was valid under `older` is not, or is lost, under `newer`. A
 * new property is none, though it was free before to hold anything under that name.
 */
export function compareSchemas(older: Schema, newer: Schema): Comparison {
  const changes: BreakingChange[] = []
  compare(older, newer, '', (kind, path, sentence) => changes.push({ path, kind, sentence }))
  return { verdict: changes.length === 0 ? 'compatible' : 'breaking', changes }
}

function compare(before: Schema, after: Schema, path: string, change: Change): void {
  const [older, newer] = [withoutConst(before), withoutConst(after)]
  const words = new Set([...Object.keys(older), ...Object.keys(newer)])
  for (const word of words) {
    if (NOTES.has(word)) continue
    const rule = RULES[word] ?? unknownRule(word)
    rule(older[word], newer[word], path, change)
  }
}

/** `const` is an `enum` of one. */
function withoutConst(schema: Schema): Schema {
  const { const: only, ...others } = schema
  return only === undefined ? schema : { ...others, enum: [only] }
}

type Rule = (older: unknown, newer: unknown, path: string, change: Change) => void

const shown = (value: unknown) => (value === undefined ? 'anything' : JSON.stringify(value))
const here = (path: string) => path || 'the schema'
const below = (path: string, name: string) => (path ? `${path}.${name}` : name)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

function narrower(path: string, older: unknown, newer: unknown, change: Change): void {
  change('narrower', path, `${here(path)} took ${shown(older)}; now it takes ${shown(newer)} only`)
}

/** A bound that may only go up (or, for `lower`, down); none is beyond every bound. */
function bound(word: string, side: 'upper' | 'lower'): Rule {
  const none = side === 'upper' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return (older, newer, path, change) => {
    const [was, is] = [Number(older ?? none), Number(newer ?? none)]
    if (side === 'upper' ? is >= was : is <= was) return
    change('narrower', path, `${word} of ${here(path)} was ${older ?? 'none'}; now it is ${newer}`)
  }
}

/** Values, or kinds of values, of which there may only come more. None means all. */
const widening: Rule = (older, newer, path, change) => {
  if (newer === undefined) return
  const now = listOf(newer)
  const covers = (value: unknown) =>
    now.some((one) => equal(one, value) || (one === 'number' && value === 'integer'))
  if (older !== undefined && listOf(older).every(covers)) return
  narrower(path, older, newer, change)
}

const properties: Rule = (older = {}, newer = {}, path, change) => {
  const now = newer as Readonly<Record<string, Schema>>
  for (const [name, schema] of Object.entries(older as Readonly<Record<string, Schema>>)) {
    const is = Object.hasOwn(now, name) ? now[name] : undefined
    const place = below(path, name)
    if (is) compare(schema, is, place, change)
    else change('removed', place, `${place} was removed or renamed; what is sent under it is lost`)
  }
}

const required: Rule = (older = [], newer = [], path, change) => {
  const was = listOf(older)
  for (const name of listOf(newer)) {
    const place = below(path, String(name))
    if (!was.includes(name)) change('required', place, `${place} is required; it was not`)
  }
}

const items: Rule = (older = {}, newer = {}, path, change) =>
  compare(older as Schema, newer as Schema, `${path}[]`, change)

/** Each way to satisfy it must still be one, so every old one must be among the new ones. */
const anyOf: Rule = (older, newer, path, change) => {
  if (newer === undefined) return
  const now = newer as readonly Schema[]
  const open = (was: Schema) => now.some((is) => compareSchemas(was, is).changes.length === 0)
  if (older !== undefined && (older as readonly Schema[]).every(open)) return
  change('narrower', path, `${here(path)} could be satisfied in a way that it no longer can`)
}

function unknownRule(word: string): Rule {
  return (older, newer, path, change) => {
    if (equal(older, newer) || newer === undefined) return
    const sentence = `${word} of ${here(path)} was ${shown(older)}; now it is ${shown(newer)}`
    change('narrower', path, sentence)
  }
}

const RULES: Readonly<Record<string, Rule>> = {
  type: widening,
  enum: widening,
  properties,
  required,
  items,
  anyOf,
  maxLength: bound('maxLength', 'upper'),
  maximum: bound('maximum', 'upper'),
  exclusiveMaximum: bound('exclusiveMaximum', 'upper'),
  minLength: bound('minLength', 'lower'),
  minimum: bound('minimum', 'lower'),
  exclusiveMinimum: bound('exclusiveMinimum', 'lower'),
}

function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
