/** The shape of the answer of `paths`, as a type and as JSON Schema. */
import type { Graph } from './paths_graph.ts'
import type { Direction, NodeKind } from './paths_walk.ts'

export interface PathsAnswer extends Graph {
  readonly definition: string
  readonly by: NodeKind
  readonly direction: Direction
  readonly start: string | null
  readonly end: string | null
  readonly repeats: 'collapse' | 'keep'
  readonly depth: number
  readonly top: number
  /** With and without the start and end that are asked for. */
  readonly sessions_in_range: number
}

const number = (description: string) => ({ type: 'integer', description })
const share = (description: string) => ({ type: ['number', 'null'], description })
const word = (description: string) => ({ type: 'string', description })
const PEOPLE = word('the path of the API with the people behind it')

const NODE = {
  type: 'object',
  required: ['id', 'position', 'kind', 'node', 'sessions', 'share', 'people'],
  properties: {
    id: word('the position, a colon, the node'),
    position: number('the column, from 1'),
    kind: { type: 'string', enum: ['step', 'other', 'left', 'entered', 'reached'] },
    node: { type: ['string', 'null'], description: 'the step; null but for kind step' },
    sessions: number('sessions there'),
    share: share('of all sessions in the answer'),
    people: PEOPLE,
  },
}

const LINK = {
  type: 'object',
  required: ['source', 'target', 'position', 'sessions', 'share', 'share_of_source', 'people'],
  properties: {
    source: word('the id of a node'),
    target: word('the id of a node of the next column'),
    position: number('the column of the source'),
    sessions: number('sessions that go from the one to the other'),
    share: share('of all sessions in the answer'),
    share_of_source: share("of the source's sessions"),
    people: PEOPLE,
  },
}

const POSITION = {
  type: 'object',
  required: ['position', 'total', 'steps', 'other', 'outside'],
  properties: {
    position: number('the column, from 1'),
    total: number('the column added up: equal to `sessions`'),
    steps: number('sessions at a node with a name'),
    other: number('sessions at any other node'),
    outside: number('sessions that left before, have not entered yet, or have reached the end'),
  },
}

export const PATHS_SCHEMA = {
  type: 'object',
  required: ['definition', 'sessions', 'truncated_sessions', 'positions', 'nodes', 'links'],
  properties: {
    definition: word('what is counted, in words'),
    by: word('what steps are told apart by'),
    direction: { type: 'string', enum: ['whole', 'after', 'before', 'between'] },
    start: { type: ['string', 'null'], description: 'the step asked for' },
    end: { type: ['string', 'null'], description: 'the step asked for' },
    repeats: { type: 'string', enum: ['collapse', 'keep'] },
    depth: number('how many columns'),
    top: number('how many nodes of a column have a name'),
    sessions_in_range: number('sessions in the time and with the columns asked for'),
    sessions: number('those of them with start and end'),
    truncated_sessions: number('those of them of whose steps only the first 200 are known'),
    positions: { type: 'array', items: POSITION },
    nodes: { type: 'array', items: NODE },
    links: { type: 'array', items: LINK },
  },
}
