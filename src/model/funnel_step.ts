/**
 * A step of a funnel as one word that no shell touches:
 *
 *   view                                any event of that type; `any` (or `*`): of every type
 *   view:category=shoes                 with a filter
 *   view:price=20..50,product!=p1       with several; 20.. and ..50 leave one end open
 *   optional:cart                       a step that never stops a chain; `cart?` says the same
 *
 * `view:price>=20` is read too, in quotes. A comma inside a value is written %2C. Values are
 * compared as they stand; an event without the value is different from every value.
 */

/** Which list of a session each filter reads. */
export const STEP_COLUMNS = {
  category: { list: 'step_categories', about: "the event's category" },
  page: { list: 'step_pages', about: "the event's page, without its query" },
  price: { list: 'step_prices', about: "the event's price of one unit" },
  product: { list: 'step_products', about: "the event's product" },
} as const
export type StepColumn = keyof typeof STEP_COLUMNS

export type StepOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

export interface StepFilter {
  readonly column: StepColumn
  readonly operator: StepOperator
  /** For the price a number in decimal notation. */
  readonly value: string
}

export interface FunnelStep {
  /** As it would be written, without `optional:`. */
  readonly word: string
  /** Null is any. */
  readonly event_type: string | null
  readonly filters: readonly StepFilter[]
  readonly need: 'required' | 'optional'
}

const NAMES = Object.keys(STEP_COLUMNS).join('|')
const FILTER = new RegExp(`^(${NAMES})(!=|<=|>=|=|<|>)(.*)$`, 's')
/** A comma or colon begins a filter where a column and an operator follow; values keep theirs. */
const BEFORE_FILTER = new RegExp(`[:,](?=(?:${NAMES})(?:[=<>]|!=))`)
const PRICE = /^\d{1,14}(\.\d{1,4})?$/
const RANGE = /^(\d[\d.]*?)?\.\.(\d[\d.]*)?$/
const WORD_LENGTH_MAX = 1_000

function plain(text: string): string {
  return text.replace(/%2C/gi, ',').replace(/%25/g, '%')
}

function filtersOf(text: string, word: string): readonly StepFilter[] {
  const [, column, operator, value = ''] = FILTER.exec(text) ?? []
  if (column === undefined || value === '') {
    throw new Error(`"${text}" in ${word} is no filter; write ${NAMES}, then =, != or a range.`)
  }
  const told = { column: column as StepColumn, operator: operator as StepOperator }
  if (column !== 'price') return [{ ...told, value: plain(value) }]
  const [range, from, to] = RANGE.exec(value) ?? []
  const ends: readonly StepFilter[] = [
    ...(from ? [{ ...told, operator: '>=' as const, value: from }] : []),
    ...(to ? [{ ...told, operator: '<=' as const, value: to }] : []),
  ]
  const filters = range && operator === '=' && ends.length > 0 ? ends : [{ ...told, value }]
  if (filters.every((filter) => PRICE.test(filter.value))) return filters
  throw new Error(`"${text}" in ${word} is no price; write 20, 19.99, 20..50, 20.. or ..50.`)
}

/** Throws an Error that names the mistake. */
export function funnelStep(written: string): FunnelStep {
  const isOptional = written.startsWith('optional:') || /^[^:]*\?(:|$)/.test(written)
  const word = written.replace(/^optional:/, '').replace(/^([^:]*)\?(:|$)/, '$1$2')
  if (word.length > WORD_LENGTH_MAX) {
    throw new Error(`A step may have ${WORD_LENGTH_MAX} letters; this one has ${word.length}.`)
  }
  const [type = '', ...filters] = word.split(BEFORE_FILTER)
  if (type === '' || /[=<>,\s]/.test(type)) {
    throw new Error(`"${written}" is no step; write view or view:category=shoes,price=20..50.`)
  }
  return Object.freeze({
    word,
    event_type: type === 'any' || type === '*' ? null : plain(type),
    filters: Object.freeze(filters.flatMap((filter) => filtersOf(filter, word))),
    need: isOptional ? 'optional' : 'required',
  })
}

/** A list of steps: a comma that begins no filter begins the next step. */
export function stepWords(written: readonly string[]): readonly string[] {
  const between = new RegExp(`,(?!(?:${NAMES})(?:[=<>]|!=))`)
  return written
    .flatMap((words) => words.split(between))
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
