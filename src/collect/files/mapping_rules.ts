/** What can be wrong with one rule of a mapping, without the file it will read. */
import { isObject } from '../formats/sent_object.ts'
import { VALUE_WORDS } from './mapping.ts'
import { type Found, unknownKeys, wrongWords } from './mapping_mistakes.ts'

const CHANGE_WORDS = ['absent', 'words', 'decimal', 'divide_by', 'sign', 'unit', 'pattern', 'zone']
const RULE_WORDS = [...VALUE_WORDS, 'otherwise', ...CHANGE_WORDS]
const CONDITION_WORDS = ['prefix', 'equals', 'sign', 'is'] as const
const DIVISORS = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
/** What follows no directive that DuckDB's strptime knows; it would refuse the whole file. */
const UNKNOWN_DIRECTIVE = /%(?!-[dHIjmMSy]|[aAbBcdfgGHIjmMnpSTuUVwWxXyYzZ])/
const TIMES: ReadonlySet<string> = new Set(['client_time', 'updated_at', 'registered_at'])

function zoneMistakes(path: string, zone: unknown): Found {
  if (zone === undefined) return []
  try {
    if (typeof zone === 'string' && /^[A-Z]/.test(zone)) {
      new Intl.DateTimeFormat('en', { timeZone: zone })
      return []
    }
  } catch {
    // Unknown: said below.
  }
  return [`${path}.zone is ${JSON.stringify(zone)}; send a name such as Europe/London or UTC`]
}

/** Tricky: the second sign of `%%` begins no directive. */
function withoutPercents(pattern: string): string {
  return pattern.replaceAll('%%', '')
}

function patternMistakes(path: string, pattern: unknown, zone: unknown): Found {
  if (pattern === undefined) return []
  if (
    typeof pattern !== 'string' ||
    !pattern.includes('%') ||
    UNKNOWN_DIRECTIVE.test(withoutPercents(pattern))
  ) {
    return [`${path}.pattern is ${JSON.stringify(pattern)}; write it for strptime: %d.%m.%Y %H:%M`]
  }
  const hasOffset = /%z/i.test(withoutPercents(pattern))
  if (hasOffset && zone !== undefined) {
    return [`${path}.zone is too much: the pattern reads an offset itself (%z)`]
  }
  return hasOffset || zone !== undefined
    ? []
    : [`${path}.zone is missing: whose clock do these times show? Such as Europe/London, or UTC`]
}

function timeMistakes(path: string, rule: Readonly<Record<string, unknown>>, own: string): Found {
  const { unit, pattern, zone } = rule
  const found = [
    ...wrongWords(`${path}.unit`, unit, ['s', 'ms', 'us']),
    ...patternMistakes(path, pattern, zone),
    ...zoneMistakes(path, zone),
  ]
  if (unit !== undefined && (pattern !== undefined || zone !== undefined)) {
    found.push(`${path}.unit counts from 1970 in UTC; pattern and zone are for texts`)
  }
  const isTimed = unit !== undefined || pattern !== undefined || zone !== undefined
  if (isTimed && !TIMES.has(own)) {
    found.push(`${path}: unit, pattern and zone are for columns that hold a time`)
  }
  return found
}

function conditionMistakes(path: string, when: unknown): Found {
  if (!isObject(when) || typeof when.column !== 'string') {
    return [`${path} must be {"column": "...", and one of ${CONDITION_WORDS.join(', ')}}`]
  }
  const found = [...unknownKeys(path, when, ['column', ...CONDITION_WORDS])]
  const given = CONDITION_WORDS.filter((word) => when[word] !== undefined)
  if (given.length !== 1) found.push(`${path} needs one of ${CONDITION_WORDS.join(', ')}`)
  for (const word of ['prefix', 'equals']) {
    const value = when[word]
    if (value !== undefined && typeof value !== 'string') found.push(`${path}.${word} must be text`)
  }
  return [
    ...found,
    ...wrongWords(`${path}.sign`, when.sign, ['negative', 'positive']),
    ...wrongWords(`${path}.is`, when.is, ['present', 'absent']),
  ]
}

function caseMistakes(path: string, cases: unknown, own: string): Found {
  if (!Array.isArray(cases) || cases.length === 0) return [`${path}.cases must be a list`]
  return cases.flatMap((each: unknown, index) => {
    const at = `${path}.cases[${index}]`
    if (!isObject(each)) return [`${at} must be {"when": {...}, "take": ...}`]
    return [
      ...unknownKeys(at, each, ['when', 'take']),
      ...conditionMistakes(`${at}.when`, each.when),
      ...ruleMistakes(`${at}.take`, each.take, own),
    ]
  })
}

function listMistakes(path: string, list: unknown, own: string): Found {
  if (list === undefined) return []
  if (!Array.isArray(list) || list.length === 0) return [`${path} must be a list of values`]
  return list.flatMap((each, index) => ruleMistakes(`${path}[${index}]`, each, own))
}

function changeMistakes(path: string, rule: Readonly<Record<string, unknown>>): Found {
  const { absent, words, divide_by, decimal, sign } = rule
  const found: string[] = []
  if (absent !== undefined && !(Array.isArray(absent) && absent.every(isText))) {
    found.push(`${path}.absent must be a list of texts`)
  }
  if (words !== undefined && !(isObject(words) && Object.values(words).every(isText))) {
    found.push(`${path}.words must be {"their word": "our word", ...}`)
  }
  if (divide_by !== undefined && !DIVISORS.includes(Number(divide_by))) {
    found.push(`${path}.divide_by must be one of ${DIVISORS.join(', ')}`)
  }
  found.push(...wrongWords(`${path}.decimal`, decimal, [',', '.']))
  return [...found, ...wrongWords(`${path}.sign`, sign, ['positive', 'negated'])]
}

const isText = (value: unknown) => typeof value === 'string'

/** `own` is the column of ours that the rule fills. */
export function ruleMistakes(path: string, rule: unknown, own: string): Found {
  if (typeof rule === 'string') return []
  if (!isObject(rule)) return [`${path} must be a column's name or an object`]
  const given = VALUE_WORDS.filter((word) => rule[word] !== undefined)
  const found = [...unknownKeys(path, rule, RULE_WORDS)]
  if (given.length !== 1) found.push(`${path} needs one of ${VALUE_WORDS.join(', ')}`)
  for (const word of ['column', 'value']) {
    if (rule[word] !== undefined && !isText(rule[word])) found.push(`${path}.${word} must be text`)
  }
  found.push(...wrongWords(`${path}.row`, rule.row, ['id']))
  if (rule.cases !== undefined) found.push(...caseMistakes(path, rule.cases, own))
  if (rule.otherwise !== undefined) {
    if (rule.cases === undefined) found.push(`${path}.otherwise goes with cases`)
    found.push(...ruleMistakes(`${path}.otherwise`, rule.otherwise, own))
  }
  return [
    ...found,
    ...listMistakes(`${path}.concat`, rule.concat, own),
    ...listMistakes(`${path}.first`, rule.first, own),
    ...changeMistakes(path, rule),
    ...timeMistakes(path, rule, own),
  ]
}
