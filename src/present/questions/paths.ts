/**
 * Which ways people go: the steps of sessions side by side as a graph in columns, after, before or
 * between chosen events. Whoever has no step at a position, or none of the frequent ones, is a node
 * too: every column adds up to all sessions, and the answer can be checked by adding.
 */
import { peoplePath } from './parameters.ts'
import { PATHS_SCHEMA, type PathsAnswer } from './paths_answer.ts'
import { graphOf } from './paths_graph.ts'
import { graphPeopleSql, graphSql } from './paths_sql.ts'
import { type Direction, type NodeKind, WALK_PARAMETERS, walkOf } from './paths_walk.ts'
import type { Asked, Question } from './question.ts'
import { rounded } from './rounded.ts'

const parameters = {
  ...WALK_PARAMETERS,
  top: {
    type: 'integer',
    ...{ min: 1, max: 50, default: '8' },
    about: 'How many nodes of a position have a name; all others are one.',
  },
  position: { type: 'integer', min: 1, max: 10, cell: true, about: 'The column of a node.' },
  node: { type: 'text', cell: true, about: 'A node, as its id says it after the colon.' },
  next: { type: 'text', cell: true, about: 'For a link: the node at the next position.' },
} as const

const WAYS: Readonly<Record<Direction, string>> = {
  whole: 'Position 1 is the first step of each session; (left) had no further step.',
  after: 'Position 1 is the first event that matches start; (left) had no further step.',
  before:
    'The last position is the first event that matches end; (entered) had not begun. The links ' +
    'of a column lead to the next, so read it from the right.',
  between:
    'Position 1 is the first event that matches start, and a way is over with the first event after ' +
    'it that matches end; (reached) has got there before.',
}

/** What the numbers of such a walk mean. */
export function walkDefinition(direction: Direction, by: NodeKind): string {
  const known = by === 'event_type' ? '' : ` Events without a ${by} are no steps.`
  return `Sessions, not events, by when they begin. ${WAYS[direction]}${known} `
}

const SUMS =
  'Every column, and all links between two columns, add up to `sessions`; (other) is all but the ' +
  '`top` most frequent nodes of a position. Of sessions with more than 200 events the first 200 ' +
  'are known: `truncated_sessions` says how many.'

const wordOf = (id: string) => id.slice(id.indexOf(':') + 1)

export const paths: Question<typeof parameters, PathsAnswer> = {
  name: 'paths',
  answers: 'Which way do people go, step by step: after, before or between chosen events?',
  parameters,
  examples: [
    'clickpath paths',
    'clickpath paths --start view --depth 4',
    'clickpath paths --by category --end purchase --where device_type=mobile',
    'clickpath paths --by page --start any:page=https://shop.example/ --end purchase --top 5',
  ],
  answer: PATHS_SCHEMA,
  statements: (asked) => [graphSql(asked)],
  ask: async (asked, { store }) => {
    const { by, direction, repeats } = walkOf(asked)
    const { depth, top } = asked
    const { sql, params } = graphSql(asked)
    const rows = await store.rows(sql, params)
    const peopleOf = (position: number, node: string, next?: string) =>
      peoplePath({ name: 'paths', parameters }, asked, { position, node, next })
    const range = rows.find(({ position }) => Number(position) === 0)
    const links = rows.filter(({ position }) => Number(position) > 0)
    const graph = graphOf(links, { depth, top, direction, peopleOf })
    return {
      definition: walkDefinition(direction, by) + SUMS,
      ...{ by, direction, start: asked.start ?? null, end: asked.end ?? null },
      ...{ repeats, depth, top },
      sessions_in_range: range ? Number(range.sessions) : graph.sessions,
      ...graph,
    }
  },
  people: (asked: Asked<typeof parameters>) => graphPeopleSql(asked),
  rows: ({ nodes, links, depth }) =>
    depth === 1
      ? nodes.map(({ position, id, sessions, share }) => {
          return { position, node: wordOf(id), sessions, share: rounded(share, 4) }
        })
      : links.map(({ position, source, target, sessions, share, share_of_source }) => {
          const [from, to] = [wordOf(source), wordOf(target)]
          const shares = { share: rounded(share, 4), share_of_source: rounded(share_of_source, 4) }
          return { position, from, to, sessions, ...shares }
        }),
}
