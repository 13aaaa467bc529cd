/**
 * Whole journeys: which sequences of steps are the most frequent, how many of them buy, and how
 * long they take; of all sessions, of those that bought, or of those that did not.
 */
import { ClickpathError } from '../../std/errors.ts'
import { JOURNEYS_SCHEMA, type Journey, type JourneysAnswer } from './journeys_answer.ts'
import { journeyPeopleSql, journeysSql } from './journeys_sql.ts'
import { peoplePath } from './parameters.ts'
import { walkDefinition } from './paths.ts'
import { WALK_PARAMETERS, walkOf } from './paths_walk.ts'
import type { Question } from './question.ts'
import { rounded } from './rounded.ts'

const parameters = {
  ...WALK_PARAMETERS,
  outcome: {
    type: 'choice',
    choices: ['all', 'converted', 'left'],
    default: 'all',
    about: 'Only sessions with a purchase, or only those without.',
  },
  limit: {
    type: 'integer',
    ...{ min: 1, max: 1_000, default: '20' },
    about: 'How many journeys are told of; all others are counted together.',
  },
  journey: { type: 'text', cell: true, about: 'The nodes of a journey, a list in JSON.' },
  goes_on: {
    type: 'choice',
    choices: ['yes', 'no'],
    cell: true,
    about: 'Whether the journey has more steps than `depth`.',
  },
} as const

const DEFINITION =
  'A journey is its first `depth` steps (before an event: its last ones); `goes_on` says that there ' +
  'are more. The journeys and `other` add up to `sessions`. Converted: the session has a purchase, ' +
  'anywhere in it. The duration is that of the whole session.'

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)
const optional = (value: unknown) => (typeof value === 'number' ? value : null)

export const journeys: Question<typeof parameters, JourneysAnswer> = {
  name: 'journeys',
  answers: 'Which whole journeys are the most frequent, and which of them end in a purchase?',
  parameters,
  examples: [
    'clickpath journeys --repeats collapse',
    'clickpath journeys --outcome converted --depth 8 --limit 10',
    'clickpath journeys --by category --start view --where channel=email',
  ],
  answer: JOURNEYS_SCHEMA,
  statements: (asked) => [journeysSql(asked)],
  ask: async (asked, { store }) => {
    const { by, direction, repeats } = walkOf(asked)
    const { sql, params } = journeysSql(asked)
    const rows = await store.rows(sql, params)
    const all = rows.find(({ nodes }) => nodes === null)
    const [sessions, converted] = [Number(all?.sessions ?? 0), Number(all?.converted ?? 0)]
    const told = rows
      .filter(({ nodes }) => nodes !== null)
      .map((row): Journey => {
        const [nodes, goes_on] = [row.nodes as readonly string[], row.goes_on === true]
        const cell = { journey: JSON.stringify(nodes), goes_on: goes_on ? 'yes' : 'no' }
        return {
          ...{ nodes, goes_on, sessions: Number(row.sessions) },
          share: ratio(Number(row.sessions), sessions),
          converted_sessions: Number(row.converted),
          conversion_rate: ratio(Number(row.converted), Number(row.sessions)),
          duration_s_median: optional(row.duration_s),
          people: peoplePath({ name: 'journeys', parameters }, asked, cell),
        }
      })
    const journeys_total = Number(all?.journeys ?? 0)
    const others = sessions - told.reduce((sum, journey) => sum + journey.sessions, 0)
    return {
      definition: walkDefinition(direction, by) + DEFINITION,
      ...{ by, direction, outcome: asked.outcome, repeats, depth: asked.depth },
      ...{ sessions, converted_sessions: converted, conversion_rate: ratio(converted, sessions) },
      truncated_sessions: Number(all?.truncated ?? 0),
      ...{ journeys_total, journeys: told },
      other: {
        journeys: journeys_total - told.length,
        ...{ sessions: others, share: ratio(others, sessions) },
      },
    }
  },
  people: (asked) => {
    checkJourney(asked.journey)
    return journeyPeopleSql(asked)
  },
  rows: ({ journeys: told, other }) => [
    ...told.map(({ nodes, goes_on, people: _, ...measures }) => ({
      journey: [...nodes, ...(goes_on ? ['...'] : [])].join(' > ') || '(no step)',
      ...measures,
      share: rounded(measures.share, 4),
      conversion_rate: rounded(measures.conversion_rate, 4),
    })),
    ...(other.journeys > 0
      ? [
          {
            journey: `(other: ${other.journeys})`,
            sessions: other.sessions,
            share: rounded(other.share, 4),
          },
        ]
      : []),
  ],
}

function checkJourney(journey: string | undefined): void {
  if (journey === undefined) return
  try {
    const nodes: unknown = JSON.parse(journey)
    if (Array.isArray(nodes) && nodes.every((node) => typeof node === 'string')) return
  } catch {
    // Told below.
  }
  throw new ClickpathError(
    'BAD_REQUEST',
    'journey: write a list of texts in JSON: ["view","cart"].',
  )
}
