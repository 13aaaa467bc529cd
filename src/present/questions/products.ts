/**
 * Products of a range of time: what sells, what struggles against the time before, and what many
 * see and few buy. Every number carries the path to the people behind it.
 */
import type { Row } from '../../engine/contract.ts'
import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { Settings } from '../../std/settings.ts'
import { ACT_PARAMETER, ACTS, actPeopleSql } from '../products/act.ts'
import {
  CURRENCIES,
  CURRENCY_ANSWER,
  CURRENCY_PARAMETER,
  currenciesOf,
  withoutCurrencies,
} from '../products/money.ts'
import { PRODUCT_COLUMNS, productParts } from '../products/products_sql.ts'
import { checkRange, RANGE_PARAMETERS, rangeBefore } from '../products/range.ts'
import { peoplePath } from './parameters.ts'
import type { Asked, Question, Statement } from './question.ts'

const parameters = {
  ...RANGE_PARAMETERS,
  only: {
    type: 'choice',
    choices: ['all', 'selling', 'struggling', 'high_interest'],
    default: 'all',
    about:
      'selling: with units sold; struggling: sold less than in the equally long time before; ' +
      'high_interest: many see them and few buy them.',
  },
  category: { type: 'list', words: 'whole', about: 'Only products of these categories.' },
  brand: { type: 'list', words: 'whole', about: 'Only products of these brands.' },
  search: { type: 'text', about: 'Only those with this in id, name, category or brand.' },
  currency: CURRENCY_PARAMETER,
  order: {
    type: 'text',
    default: '-revenue',
    about: 'Columns by comma, a minus before one for the greatest first.',
  },
  limit: { type: 'integer', min: 1, max: 10_000, default: '50', about: 'Products in the answer.' },
  offset: {
    type: 'integer',
    ...{ min: 0, max: 1_000_000_000, default: '0' },
    about: 'Products to leave out before them.',
  },
  product: { type: 'text', cell: true, about: 'The product whose people are asked for.' },
  act: ACT_PARAMETER,
} as const

type ProductsAsked = Asked<typeof parameters>

export interface ProductsAnswer {
  readonly definition: string
  readonly from: string | null
  readonly to: string | null
  readonly before: { readonly from: string; readonly to: string } | null
  readonly currency: string | null
  readonly currencies: readonly (string | null)[]
  readonly interest_share_min: number
  readonly interest_conversion_max: number
  readonly products: readonly Row[]
  readonly truncated: boolean
}

const DEFINITION =
  'Views, carts and purchases are product lines of events in the range. Units and revenue come ' +
  'from orders, each counted once, at the time of the order; refunds are taken off at their own ' +
  'time. Revenue is in one currency. The time before is as long and ends where the range begins.'

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)
const COLUMNS = Object.keys(PRODUCT_COLUMNS)

function orderOf(order: string): string {
  const words = order.split(',').map((word) => {
    const name = word.trim().replace(/^[-+]/, '')
    if (!COLUMNS.includes(name)) {
      const guess = nearest(name, COLUMNS)
      const hint = guess ? `did you mean ${guess}?` : `columns: ${COLUMNS.join(', ')}.`
      throw bad(`Products have no column ${name}; ${hint}`)
    }
    return `${name} ${word.trim().startsWith('-') ? 'DESC' : 'ASC'} NULLS LAST`
  })
  return [...words, 'product_id'].join(', ')
}

const ONLY: Readonly<Record<string, string>> = {
  ...{ all: 'TRUE', selling: 'units > 0', high_interest: 'high_interest_low_conversion' },
  struggling: 'units_before > 0 AND units < units_before',
}

const oneOf = (column: string, values: readonly string[]) =>
  values.length === 0 ? 'TRUE' : `${column} IN (${values.map(() => '?').join(', ')})`

function conditionOf({ category, brand, search, only }: ProductsAsked): Statement {
  const words = `concat_ws(' ', product_id, product_name, category, brand)`
  const found = `contains(lower(${words}), lower(?))`
  const sql = [
    ...[ONLY[only] ?? 'TRUE', oneOf('category', category), oneOf('brand', brand)],
    ...(search === undefined ? [] : [found]),
  ].join(' AND ')
  return { sql, params: [...category, ...brand, ...(search === undefined ? [] : [search])] }
}

function statementOf(asked: ProductsAsked, settings: Settings): Statement {
  checkRange(asked)
  if (asked.only === 'struggling' && !rangeBefore(asked)) {
    throw bad('Give `from` and `to`: what struggles is told against the equally long time before.')
  }
  const parts = productParts({ range: asked, currency: asked.currency }, settings)
  const condition = conditionOf(asked)
  // One more than is shown says whether there are more.
  const sql = `WITH ${parts.sql} SELECT ${COLUMNS.join(', ')}, ${CURRENCIES} FROM per_product
    WHERE ${condition.sql} ORDER BY ${orderOf(asked.order)}
    LIMIT ${asked.limit + 1} OFFSET ${asked.offset}`
  return { sql, params: [...parts.params, ...condition.params] }
}

function withPeople(row: Row, { from, to }: ProductsAsked): Row {
  const question = { name: 'products', parameters }
  const paths = ACTS.map((act) => {
    const cell = { from, to, product: String(row.product_id), act }
    return [`people_${act}`, peoplePath(question, {} as ProductsAsked, cell)]
  })
  return { ...row, ...Object.fromEntries(paths) }
}

const text = (description: string) => ({ type: 'string', description })
const maybe = (type: string, description: string) => ({ type: [type, 'null'], description })
const COUNTS = ['views', 'carts', 'purchases', 'units']
const TEXTS = ['product_name', 'category', 'brand']

function typeOf(name: string): string | readonly string[] {
  if (name === 'product_id') return 'string'
  if (name === 'high_interest_low_conversion') return 'boolean'
  if (COUNTS.includes(name)) return 'integer'
  if (name === 'revenue') return ['number', 'string']
  if (name.startsWith('revenue_')) return ['number', 'string', 'null']
  return [TEXTS.includes(name) ? 'string' : 'number', 'null']
}

const PRODUCT = {
  ...Object.fromEntries(
    Object.entries(PRODUCT_COLUMNS).map(([name, description]) => [
      name,
      { type: typeOf(name), description },
    ]),
  ),
  ...Object.fromEntries(
    ACTS.map((act) => [`people_${act}`, text('the path of the API with the people behind it')]),
  ),
}

export const products: Question<typeof parameters, ProductsAnswer> = {
  name: 'products',
  answers: 'Which products sell, which struggle, and which do many see and few buy?',
  parameters,
  examples: [
    'clickpath products --limit 10',
    'clickpath products --only high_interest --order=-views',
    'clickpath products --from 2026-01-24 --to 2026-01-31 --only struggling --order revenue_change',
  ],
  answer: {
    type: 'object',
    properties: {
      definition: text('what is counted, in words'),
      from: maybe('string', 'the first moment'),
      to: maybe('string', 'the moment before which it stops'),
      before: {
        type: ['object', 'null'],
        description: 'the equally long time before; null where the range has no two ends',
        properties: { from: text('its first moment'), to: text('where it stops') },
        required: ['from', 'to'],
      },
      ...CURRENCY_ANSWER,
      interest_share_min: { type: 'number', description: 'the share of views of high interest' },
      interest_conversion_max: { type: 'number', description: 'purchases per view below it' },
      products: {
        type: 'array',
        items: { type: 'object', properties: PRODUCT, required: Object.keys(PRODUCT) },
      },
      truncated: { type: 'boolean', description: 'whether there are more after these' },
    },
    required: [
      ...['definition', 'from', 'to', 'before', 'currency', 'currencies', 'interest_share_min'],
      ...['interest_conversion_max', 'products', 'truncated'],
    ],
  },
  statements: (asked, settings) => [statementOf(asked, settings)],
  ask: async (asked, { store, settings }) => {
    const { sql, params } = statementOf(asked, settings)
    const rows = await store.rows(sql, params)
    return {
      definition: DEFINITION,
      from: asked.from ?? null,
      to: asked.to ?? null,
      before: rangeBefore(asked) ?? null,
      ...currenciesOf(rows, asked.currency),
      interest_share_min: settings.interest_share_min,
      interest_conversion_max: settings.interest_conversion_max,
      products: rows.slice(0, asked.limit).map((row) => withPeople(withoutCurrencies(row), asked)),
      truncated: rows.length > asked.limit,
    } as ProductsAnswer
  },
  people: (asked) => {
    const { product, act } = asked
    checkRange(asked)
    if (product === undefined) throw bad('Say which product: ?product=ID.')
    return actPeopleSql(act, asked, { sql: 'product_id = ?', params: [product] })
  },
  rows: ({ products: rows }) =>
    rows.map((row) => Object.fromEntries(COLUMNS.map((name) => [name, row[name] ?? null]))),
}
