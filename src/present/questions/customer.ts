/**
 * One customer: what is known of them, which visitors they are, and their timeline of sessions and
 * orders, newest first, page by page.
 */
import type { Row } from '../../engine/contract.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import { customerFeaturesSql } from '../customers/features_sql.ts'
import { momentOf, REACHED, settledMoment } from '../customers/moment.ts'
import { pastOf } from '../customers/past.ts'
import { type TimelineEntry, timelineEntry, wordsOf } from '../customers/timeline_entry.ts'
import { type TimelineCursor, timelineSql } from '../customers/timeline_sql.ts'
import { peopleSql, profilesSql, VISITORS_MAX, visitorsSql } from '../customers/visitors_sql.ts'
import { named, type Whose } from '../customers/whose.ts'
import { CUSTOMERS_DEFINITION } from './customers.ts'
import type { Asked, Question, Statement } from './question.ts'

const parameters = {
  person: {
    type: 'text',
    positional: true,
    about: 'The customer: a person, a visitor, or a user id that their events named.',
  },
  as_of: { type: 'time', about: 'The moment, included; by default what all sources have reached.' },
  limit: { type: 'integer', min: 1, max: 200, default: '20', about: 'Sessions and orders a page.' },
  after: { type: 'text', about: 'The `next` of the page before; without it the newest come.' },
} as const

type CustomerAsked = Asked<typeof parameters>

export interface CustomerAnswer {
  readonly as_of: string
  readonly definition: string
  /** What the shop told of them: rows of `customers`. */
  readonly profiles: readonly Row[]
  /** One, or several where a user id was asked for that several unlinked visitors named. */
  readonly persons: readonly Row[]
  readonly visitors: readonly Row[]
  readonly visitors_truncated: boolean
  readonly timeline: readonly TimelineEntry[]
  /** To be given as `after` for the page that follows; null at the end. */
  readonly next: string | null
}

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)

function personOf({ person }: CustomerAsked): string {
  if (person !== undefined) return person
  throw bad('Say which customer: clickpath customer PERSON, or ?person=PERSON.')
}

function cursorOf({ after }: CustomerAsked): TimelineCursor | undefined {
  if (after === undefined) return undefined
  const mark = after.indexOf('~')
  const [at, id] = [after.slice(0, mark), after.slice(mark + 1)]
  if (mark > 0 && !Number.isNaN(Date.parse(at))) return { at, id }
  throw bad(`"${after}" is no cursor; give the \`next\` of the page before.`)
}

function statementsOf(asked: CustomerAsked, moment: Statement, whose: Whose, settings: Settings) {
  const past = pastOf(moment, whose, settings)
  return [
    timelineSql(past, cursorOf(asked), asked.limit + 1),
    profilesSql(past),
    customerFeaturesSql(moment, whose, settings),
  ]
}

const rowsOf = (about: string) => ({ type: 'array', items: { type: 'object', description: about } })

export const customer: Question<typeof parameters, CustomerAnswer> = {
  name: 'customer',
  answers: 'What did this one customer do, session by session and order by order?',
  parameters,
  examples: ['clickpath customer 00004', 'clickpath customer user-000012 --limit 5 --json'],
  answer: {
    type: 'object',
    required: ['as_of', 'definition', 'profiles', 'persons', 'visitors', 'timeline', 'next'],
    properties: {
      as_of: { type: 'string', description: 'the moment' },
      definition: { type: 'string', description: 'what is counted, in words' },
      profiles: rowsOf('what the shop told of them, as in the table customers'),
      persons: rowsOf('what is known of them, as in the table customer_features'),
      visitors: rowsOf('a visitor that they are: user_ids, first_seen, last_seen, linked_at'),
      visitors_truncated: { type: 'boolean', description: 'whether there are more visitors' },
      timeline: rowsOf('a session with its steps in order, or an order with lines and refunds'),
      next: { type: ['string', 'null'], description: 'give it as `after` for the following page' },
    },
  },
  statements: (asked, settings) => {
    const [moment, whose] = [momentOf(asked.as_of), named(personOf(asked))]
    const visitors = visitorsSql(pastOf(moment, whose, settings))
    return [visitors, ...statementsOf(asked, moment, whose, settings)]
  },
  ask: async (asked, context) => {
    const { store, settings } = context
    const as_of = await settledMoment(asked.as_of, context)
    const [moment, person] = [momentOf(as_of), named(personOf(asked))]
    const ask = ({ sql, params }: Statement) => store.rows(sql, params)
    const visitors = await ask(visitorsSql(pastOf(moment, person, settings)))
    if (visitors.length === 0) {
      throw new ClickpathError('UNKNOWN_CUSTOMER', as_of, personOf(asked))
    }
    // Written out, they cut every stream and table down at once.
    const ids = visitors.map(({ visitor_id }) => String(visitor_id))
    const whose = ids.length > VISITORS_MAX ? person : { visitors: ids }
    const answers = statementsOf(asked, moment, whose, settings).map(ask)
    const [rows = [], profiles = [], persons = []] = await Promise.all(answers)
    const shown = rows.slice(0, asked.limit)
    const last = shown.at(-1)
    return {
      as_of,
      definition: CUSTOMERS_DEFINITION,
      profiles,
      persons,
      visitors: visitors.slice(0, VISITORS_MAX),
      visitors_truncated: visitors.length > VISITORS_MAX,
      timeline: shown.map(timelineEntry),
      next: last && rows.length > shown.length ? `${last.at}~${last.id}` : null,
    }
  },
  people: (asked, settings) => peopleSql(pastOf(REACHED, named(personOf(asked)), settings)),
  rows: ({ timeline }) =>
    timeline.map((entry) => ({
      kind: entry.kind,
      at: entry.at,
      what: wordsOf(entry),
      revenue: entry.revenue ?? null,
      refunded: entry.refunded ?? null,
      channel: entry.channel ?? null,
      device_type: entry.device_type ?? null,
      session_id: entry.session_id ?? null,
    })),
}
