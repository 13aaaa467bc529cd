/**
 * The customers of the shop as of a moment, each in one row of what is known of them. Every row
 * carries the path of its timeline.
 */
import type { Row } from '../../engine/contract.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import { CUSTOMERS_WHERE } from '../customers/filters.ts'
import { GROUP_NAMES, LAPSED_DAYS_PARAMETER } from '../customers/groups.ts'
import { customerListSql } from '../customers/list_sql.ts'
import { momentOf, REACHED, settledMoment } from '../customers/moment.ts'
import { pastOf } from '../customers/past.ts'
import { peopleSql } from '../customers/visitors_sql.ts'
import { named, searched } from '../customers/whose.ts'
import type { Asked, Question, Statement } from './question.ts'

export const CUSTOMERS_DEFINITION =
  'All of it is as of the moment, by event time; later events, orders and refunds are not in it. ' +
  'A session under way counts with its steps until then and has no quality yet. Days are calendar ' +
  "days in the shop's time zone; recency and T follow the BTYD models: from the first order."

const parameters = {
  as_of: { type: 'time', about: 'The moment, included; by default what all sources have reached.' },
  search: { type: 'text', about: 'Only those with this in an id, name or address of theirs.' },
  who: {
    type: 'choice',
    choices: ['everybody', 'buyers'],
    default: 'everybody',
    about: 'Buyers have placed an order.',
  },
  group: {
    type: 'list',
    about: `Only these groups of customer_groups: ${GROUP_NAMES.join(', ')}.`,
  },
  lapsed_days: LAPSED_DAYS_PARAMETER,
  where: CUSTOMERS_WHERE,
  seen_since: { type: 'time', about: 'Only those with an event then or later.' },
  order: {
    type: 'text',
    default: '-last_seen',
    about: 'Columns by comma, a minus before one for the greatest first.',
  },
  columns: {
    type: 'list',
    about: 'Columns of the answer, by comma; all where none is named.',
  },
  limit: { type: 'integer', min: 1, max: 10_000, default: '50', about: 'Customers in the answer.' },
  offset: {
    type: 'integer',
    ...{ min: 0, max: 1_000_000_000, default: '0' },
    about: 'Customers to leave out before them.',
  },
  person: { type: 'text', cell: true, about: 'The one customer whose visitors are asked for.' },
} as const

type CustomersAsked = Asked<typeof parameters>

export interface CustomersAnswer {
  readonly as_of: string
  readonly definition: string
  readonly customers: readonly Row[]
  readonly truncated: boolean
}

/** Throws BAD_REQUEST for a group that is none. */
export function checkGroups(groups: readonly string[]): void {
  const unknown = groups.find((name) => !GROUP_NAMES.includes(name))
  if (unknown === undefined) return
  const names = GROUP_NAMES.join(', ')
  throw new ClickpathError('BAD_REQUEST', `There is no group "${unknown}". Groups: ${names}.`)
}

function statementOf(asked: CustomersAsked, settings: Settings, as_of?: string): Statement {
  const { columns, order, offset, limit, search } = asked
  checkGroups(asked.group)
  const who = asked.who === 'buyers' ? 'buyers' : 'everybody'
  // One more than is shown says whether there are more.
  const list = { columns, order, offset, who, chosen: asked, limit: limit + 1 } as const
  const whose = search === undefined ? 'everybody' : searched(search)
  return customerListSql(list, momentOf(asked.as_of ?? as_of), whose, settings)
}

const timelinePath = (person: unknown, as_of: string) =>
  `/api/customer?${new URLSearchParams({ person: String(person), as_of })}`

export const customers: Question<typeof parameters, CustomersAnswer> = {
  name: 'customers',
  answers: 'Who are the customers: how recent, how often, how much, and with which habits?',
  parameters,
  examples: [
    'clickpath customers --order=-revenue --columns orders,revenue,last_order --limit 10',
    'clickpath customers --who buyers --as-of 2026-01-31 --limit 10000 --format csv',
    'clickpath customers --search "ada@"',
  ],
  answer: {
    type: 'object',
    required: ['as_of', 'definition', 'customers', 'truncated'],
    properties: {
      as_of: { type: 'string', description: 'the moment' },
      definition: { type: 'string', description: 'what is counted, in words' },
      customers: {
        type: 'array',
        items: {
          type: 'object',
          description: 'a row as of customer_features; customer_group is theirs',
        },
      },
      truncated: { type: 'boolean', description: 'whether there are more after these' },
    },
  },
  statements: (asked, settings) => [statementOf(asked, settings)],
  ask: async (asked, context) => {
    const as_of = await settledMoment(asked.as_of, context)
    const { sql, params } = statementOf(asked, context.settings, as_of)
    const rows = await context.store.rows(sql, params)
    const shown = rows.slice(0, asked.limit)
    return {
      as_of,
      definition: CUSTOMERS_DEFINITION,
      customers: shown.map((row) => ({ ...row, timeline: timelinePath(row.person_id, as_of) })),
      truncated: rows.length > asked.limit,
    }
  },
  // Who somebody is has no moment: it is told as it is known now.
  people: ({ search, person }, settings) => {
    const found = search === undefined ? 'everybody' : searched(search)
    const whose = person === undefined ? found : named(person)
    return peopleSql(pastOf(REACHED, whose, settings))
  },
  rows: ({ customers }) => customers.map(({ timeline: _, ...row }) => row),
}
