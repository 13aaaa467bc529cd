/** The shape of the answer of `journeys`, as a type and as JSON Schema. */
import type { Direction, NodeKind } from './paths_walk.ts'

export interface Journey {
  readonly nodes: readonly string[]
  /** There are more steps than `depth`: after these, or before them when they lead up to an end. */
  readonly goes_on: boolean
  readonly sessions: number
  readonly share: number | null
  readonly converted_sessions: number
  readonly conversion_rate: number | null
  readonly duration_s_median: number | null
  readonly people: string
}

export interface JourneysAnswer {
  readonly definition: string
  readonly by: NodeKind
  readonly direction: Direction
  readonly outcome: string
  readonly repeats: 'collapse' | 'keep'
  readonly depth: number
  readonly sessions: number
  readonly converted_sessions: number
  readonly conversion_rate: number | null
  readonly truncated_sessions: number
  /** How many different ones there are. */
  readonly journeys_total: number
  readonly journeys: readonly Journey[]
  /** All that are not told of. */
  readonly other: {
    readonly journeys: number
    readonly sessions: number
    readonly share: number | null
  }
}

const number = (description: string) => ({ type: 'integer', description })
const rate = (description: string) => ({ type: ['number', 'null'], description })
const MEASURES = {
  sessions: number('sessions'),
  converted_sessions: number('those of them with a purchase'),
  conversion_rate: rate('those of them with a purchase, as a share'),
}

const JOURNEY = {
  type: 'object',
  required: ['nodes', 'goes_on', 'share', ...Object.keys(MEASURES), 'duration_s_median', 'people'],
  properties: {
    nodes: { type: 'array', items: { type: 'string' }, description: 'the steps in order' },
    goes_on: { type: 'boolean', description: 'whether there are more steps than `depth`' },
    share: rate('of all sessions in the answer'),
    ...MEASURES,
    duration_s_median: rate('half of the sessions are longer, in seconds'),
    people: { type: 'string', description: 'the path of the API with the people behind it' },
  },
}

export const JOURNEYS_SCHEMA = {
  type: 'object',
  required: ['definition', 'sessions', 'journeys_total', 'journeys', 'other'],
  properties: {
    definition: { type: 'string', description: 'what is counted, in words' },
    by: { type: 'string', description: 'what steps are told apart by' },
    direction: { type: 'string', enum: ['whole', 'after', 'before', 'between'] },
    outcome: { type: 'string', enum: ['all', 'converted', 'left'] },
    repeats: { type: 'string', enum: ['collapse', 'keep'] },
    depth: number('how many steps make a journey'),
    ...MEASURES,
    truncated_sessions: number('those of whose steps only the first 200 are known'),
    journeys_total: number('how many different journeys there are'),
    journeys: { type: 'array', items: JOURNEY },
    other: {
      type: 'object',
      required: ['journeys', 'sessions', 'share'],
      properties: {
        journeys: number('how many different journeys are not told of'),
        sessions: number('their sessions'),
        share: rate('of all sessions in the answer'),
      },
    },
  },
}
