/**
 * The way of each session: its steps as nodes of one kind, from, until or between chosen events.
 *
 *   start          from the first event that matches, that one included
 *   end            until the first event that matches, that one included
 *   start and end  from the first START to the first END after it; one event is never both
 *
 * The first of each is what a funnel counts, so as many sessions are here as there. Events without
 * a page, category or product are no steps of such a way. A session none of whose steps has one is
 * in the answer all the same, as a way of no steps.
 */
import type { FunnelStep } from '../../model/funnel_step.ts'
import { type Matcher, matcherOf } from '../funnel/match_sql.ts'
import { anchorOf } from './paths_anchor.ts'
import type { Asked, Statement } from './question.ts'
import { SESSION_FILTERS, sessionsSql } from './session_filters.ts'

const NODE_LISTS = {
  event_type: 'step_types',
  page: 'step_pages',
  category: 'step_categories',
  product: 'step_products',
} as const

export type NodeKind = keyof typeof NODE_LISTS

export const WALK_PARAMETERS = {
  by: {
    type: 'choice',
    choices: ['event_type', 'page', 'category', 'product'],
    default: 'event_type',
    about: 'What the steps are told apart by.',
  },
  start: {
    type: 'text',
    about: 'Only sessions with this step, from the first such: view, view:category=shoes.',
  },
  end: {
    type: 'text',
    about: 'Only sessions with this step, until the first such (with `start`: the first after it).',
  },
  depth: { type: 'integer', min: 1, max: 10, default: '5', about: 'How many steps are shown.' },
  repeats: {
    type: 'choice',
    choices: ['collapse', 'keep'],
    about:
      'Whether equal steps in a row are one; by default pages, categories and products are, event ' +
      'types are not.',
  },
  ...SESSION_FILTERS,
} as const

export type WalkAsked = Asked<typeof WALK_PARAMETERS>

/** whole: all steps of the session. */
export type Direction = 'whole' | 'after' | 'before' | 'between'

export interface Walk {
  readonly by: NodeKind
  readonly direction: Direction
  readonly start: FunnelStep | null
  readonly end: FunnelStep | null
  readonly repeats: 'collapse' | 'keep'
}

/** Throws BAD_REQUEST. */
export function walkOf({ by, start, end, repeats }: WalkAsked): Walk {
  const [first, last] = [anchorOf('start', start), anchorOf('end', end)]
  const only = first ? 'after' : 'before'
  return {
    by: by as NodeKind,
    direction: first && last ? 'between' : first || last ? only : 'whole',
    start: first,
    end: last,
    repeats: (repeats ?? (by === 'event_type' ? 'keep' : 'collapse')) as Walk['repeats'],
  }
}

/** Nodes only, and equal ones in a row once where that is asked for. */
function cleaned({ by, repeats }: Walk): string {
  const known = by === 'event_type' ? 'part' : 'list_filter(part, lambda node: node IS NOT NULL)'
  if (repeats === 'keep') return `SELECT *, ${known} AS path FROM parts`
  // Tricky: element 0 of a list is null, from which the first node differs.
  return `SELECT *, list_filter(known, lambda node, i: node IS DISTINCT FROM known[i - 1]) AS path
    FROM (SELECT *, ${known} AS known FROM parts)`
}

const endOf = (end: FunnelStep, start: FunnelStep | null, matcher: Matcher) =>
  start ? matcher.after(end, 'start_at') : matcher.first(end)

/**
 * Common table expressions, to follow a WITH: `chosen`, the sessions that are asked about, and
 * `paths`, those of them with start and end, each with its nodes as the list `path`.
 */
export function walkSql(asked: WalkAsked): Statement {
  const walk = walkOf(asked)
  const { start, end } = walk
  const matcher = matcherOf([start, end].filter((step) => step !== null))
  const { sql, params } = sessionsSql(asked)
  const start_at = start ? matcher.first(start) : '1'
  const end_at = end ? endOf(end, start, matcher) : 'len(step_types)'
  const part = walk.direction === 'whole' ? '' : '[start_at:end_at]'
  return {
    sql: `chosen AS (${sql}),
  matched AS (SELECT ${['*', ...matcher.matches].join(', ')} FROM chosen),
  found AS (SELECT ${['*', ...matcher.firsts].join(', ')} FROM matched),
  started AS (SELECT *, ${start_at} AS start_at FROM found),
  bounded AS (SELECT *, ${end_at} AS end_at FROM started WHERE start_at IS NOT NULL),
  parts AS (SELECT *, ${NODE_LISTS[walk.by]}${part} AS part FROM bounded WHERE end_at IS NOT NULL),
  paths AS (${cleaned(walk)})`,
    params,
  }
}

/** The people of rows that have visitor_id, user_id and window_start; the latest first. */
export function peopleOf(rows: string): string {
  return `SELECT coalesce(persons.person_id, visitor_id) AS person_id, visitor_id,
    max(user_id) AS user_id, count(*) AS sessions, max(window_start) AS last_session
  FROM (${rows}) LEFT JOIN persons USING (visitor_id)
  GROUP BY ALL ORDER BY last_session DESC, visitor_id`
}
