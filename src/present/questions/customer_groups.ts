/**
 * Customers grouped by how they behave: how many, and what they are worth. Each customer is in one
 * group; the groups are rules that are told with the answer.
 */
import type { Row } from '../../engine/contract.ts'
import type { Settings } from '../../std/settings.ts'
import { CUSTOMERS_WHERE } from '../customers/filters.ts'
import { CUSTOMER_GROUPS, LAPSED_DAYS_PARAMETER } from '../customers/groups.ts'
import { chosenCustomers } from '../customers/list_sql.ts'
import { momentOf, settledMoment } from '../customers/moment.ts'
import { checkGroups } from './customers.ts'
import { peoplePath } from './parameters.ts'
import type { Asked, Question, Statement } from './question.ts'

const BREAKDOWNS = [
  ...['first_channel', 'preferred_device', 'preferred_category_viewed'],
  ...['preferred_category_bought', 'currency'],
]
/** Values of a breakdown that are told; all others are one. */
const VALUES_MAX = 8

const parameters = {
  as_of: { type: 'time', about: 'The moment, included; by default what all sources have reached.' },
  lapsed_days: LAPSED_DAYS_PARAMETER,
  where: CUSTOMERS_WHERE,
  seen_since: { type: 'time', about: 'Only those with an event then or later.' },
  by: { type: 'choice', choices: BREAKDOWNS, about: 'Also each group by this.' },
  group: { type: 'list', cell: true, about: 'The groups whose people are asked for.' },
} as const

type GroupsAsked = Asked<typeof parameters>

interface Money {
  readonly currency: string | null
  readonly revenue: number | string
}

/** Of a group, those with one value of the breakdown. */
interface GroupPart {
  readonly value: string | null
  /** All values that are not named. */
  readonly is_other: boolean
  readonly customers: number
}

export interface CustomerGroupRow {
  readonly group: string
  readonly about: string
  readonly customers: number
  readonly share: number | null
  readonly orders: number
  readonly sessions: number
  readonly days_since_last_seen: number | null
  readonly money: readonly Money[]
  /** Empty where no breakdown is asked for. */
  readonly parts: readonly GroupPart[]
  readonly people: string
}

export interface CustomerGroupsAnswer {
  readonly as_of: string
  readonly definition: string
  readonly customers: number
  readonly buyers: number
  readonly groups: readonly CustomerGroupRow[]
}

const DEFINITION =
  'Every customer is in exactly one group: the first, in this order, whose words hold as of the ' +
  'moment. Revenue is what their orders brought until then, refunds netted, per currency.'

const NEEDED = ['customer_group', 'orders', 'sessions', 'days_since_last_seen']

/** Rows by group; of the same with `value` by group and value of the breakdown. */
function groupsSql(customers: Statement, by: string | undefined): Statement {
  const measures = `count(*) AS customers, CAST(sum(orders) AS BIGINT) AS orders,
    CAST(sum(sessions) AS BIGINT) AS sessions,
    median(days_since_last_seen) AS days_since_last_seen`
  const told = `known AS MATERIALIZED (${customers.sql})`
  const money = `SELECT customer_group, list({'currency': currency, 'revenue': earned}
      ORDER BY earned DESC, currency) AS money
    FROM (SELECT customer_group, currency, sum(revenue) AS earned FROM known
      WHERE revenue IS NOT NULL GROUP BY ALL) GROUP BY customer_group`
  const whole = `SELECT known.customer_group, FALSE AS is_part, NULL AS value, FALSE AS is_other,
      ${measures}, to_json(any_value(money)) AS money
    FROM known LEFT JOIN (${money}) USING (customer_group) GROUP BY known.customer_group`
  const { params } = customers
  if (by === undefined) return { sql: `WITH ${told} ${whole}`, params }
  const top = `top AS (SELECT ${by} AS value FROM known GROUP BY ALL
    ORDER BY count(*) DESC, value LIMIT ${VALUES_MAX})`
  const isTop = `EXISTS (SELECT 1 FROM top WHERE top.value IS NOT DISTINCT FROM known.${by})`
  const parts = `SELECT customer_group, TRUE AS is_part, CASE WHEN is_top THEN ${by} END AS value,
      NOT is_top AS is_other, ${measures}, NULL AS money
    FROM (SELECT *, ${isTop} AS is_top FROM known) GROUP BY ALL`
  return { sql: `WITH ${told}, ${top} ${whole} UNION ALL BY NAME ${parts}`, params }
}

function statementOf(asked: GroupsAsked, moment: Statement, settings: Settings): Statement {
  const { by, lapsed_days, where, seen_since } = asked
  const needed = [...NEEDED, 'currency', 'revenue', ...(by ? [by] : [])]
  const chosen = { group: [], lapsed_days, where, seen_since }
  return groupsSql(chosenCustomers(chosen, needed, moment, 'everybody', settings), by)
}

function partOf(row: Row): GroupPart {
  const value = row.value === null ? null : String(row.value)
  return { value, is_other: row.is_other === true, customers: Number(row.customers) }
}

/** Every group, those without anybody too, in the order of the rules. */
function groupsOf(rows: readonly Row[], asked: GroupsAsked, as_of: string): CustomerGroupRow[] {
  const wholes = rows.filter(({ is_part }) => is_part !== true)
  const all = wholes.reduce((total, { customers }) => total + Number(customers), 0)
  return CUSTOMER_GROUPS.map(({ name, about }) => {
    const whole = wholes.find(({ customer_group }) => customer_group === name)
    const parts = rows.filter((row) => row.is_part === true && row.customer_group === name)
    const customers = Number(whole?.customers ?? 0)
    const median = whole?.days_since_last_seen
    const cell = { as_of, group: name }
    return {
      group: name,
      about: about(asked.lapsed_days),
      customers,
      share: all === 0 ? null : customers / all,
      orders: Number(whole?.orders ?? 0),
      sessions: Number(whole?.sessions ?? 0),
      days_since_last_seen: typeof median === 'number' ? median : null,
      money: (whole?.money ?? []) as readonly Money[],
      parts: parts.map(partOf).toSorted((one, other) => other.customers - one.customers),
      people: peoplePath({ name: 'customer_groups', parameters }, asked, cell),
    }
  })
}

const text = (description: string) => ({ type: 'string', description })
const integer = (description: string) => ({ type: 'integer', description })
const maybe = (type: string, description: string) => ({ type: [type, 'null'], description })
const listOf = (properties: Readonly<Record<string, object>>, description: string) => ({
  type: 'array',
  description,
  items: { type: 'object', properties, required: Object.keys(properties) },
})

const GROUP = {
  group: text('its name'),
  about: text('who they are, in words'),
  customers: integer('how many'),
  share: maybe('number', 'of all customers'),
  orders: integer('orders that they placed'),
  sessions: integer('sessions that they began'),
  days_since_last_seen: maybe('number', 'days since they were seen, the median'),
  money: listOf(
    {
      currency: maybe('string', 'amounts of several are never added up'),
      revenue: { type: ['number', 'string'], description: 'what their orders brought' },
    },
    'what they are worth, the greatest first',
  ),
  parts: listOf(
    {
      value: maybe('string', 'of the column that is asked by'),
      is_other: { type: 'boolean', description: 'all values that are not named' },
      customers: integer('how many'),
    },
    'the group by the column that is asked by; empty without one',
  ),
  people: text('the path of the API with its people'),
}

export const customerGroups: Question<typeof parameters, CustomerGroupsAnswer> = {
  name: 'customer_groups',
  answers: 'Which groups of customers are there by how they behave, and what are they worth?',
  parameters,
  examples: [
    'clickpath customer_groups',
    'clickpath customer_groups --as-of 2026-01-31 --lapsed-days 60 --format csv',
  ],
  answer: {
    type: 'object',
    properties: {
      as_of: text('the moment'),
      definition: text('what is counted, in words'),
      customers: integer('of all groups'),
      buyers: integer('those of them who placed an order'),
      groups: listOf(GROUP, 'in the order of the rules'),
    },
    required: ['as_of', 'definition', 'customers', 'buyers', 'groups'],
  },
  statements: (asked, settings) => [statementOf(asked, momentOf(asked.as_of), settings)],
  ask: async (asked, context) => {
    const as_of = await settledMoment(asked.as_of, context)
    const { sql, params } = statementOf(asked, momentOf(as_of), context.settings)
    const groups = groupsOf(await context.store.rows(sql, params), asked, as_of)
    const sum = (rows: readonly CustomerGroupRow[]) =>
      rows.reduce((total, { customers }) => total + customers, 0)
    return {
      as_of,
      definition: DEFINITION,
      customers: sum(groups),
      buyers: sum(groups.filter(({ orders }) => orders > 0)),
      groups,
    }
  },
  people: (asked, settings) => {
    checkGroups(asked.group)
    const { group, lapsed_days, where, seen_since, as_of } = asked
    const chosen = { group, lapsed_days, where, seen_since }
    const needed = ['customer_group', 'user_id', 'orders', 'sessions', 'last_seen']
    const { sql, params } = chosenCustomers(chosen, needed, momentOf(as_of), 'everybody', settings)
    return {
      sql: `SELECT person_id, user_id, customer_group, orders, sessions, last_seen
        FROM (${sql}) ORDER BY last_seen DESC, person_id`,
      params,
    }
  },
  rows: ({ groups }) =>
    groups.map(({ money, parts: _, people: __, ...row }) => ({
      ...row,
      revenue: money
        .map(({ currency, revenue }) => `${revenue} ${currency ?? ''}`.trim())
        .join(', '),
    })),
}
