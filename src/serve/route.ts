/**
 * A route is a value: method, path, what it is for, what it takes and answers, and its handler. The
 * server, the access rules and the OpenAPI document derive from it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Housekeeping } from '../engine/duckdb/housekeeping.ts'
import type { Erasures } from '../erase/erasures.ts'
import type { Log } from '../log/contract.ts'
import type { Plan } from '../plan/plan.ts'
import type { Clock } from '../std/clock.ts'
import type { Settings } from '../std/settings.ts'
import type { Access } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import type { FigureBoard } from './figures.ts'
import type { IdentityLinks } from './identity_links.ts'
import type { LaneAges } from './lane_ages.ts'
import type { Live } from './live.ts'
import type { ServedEngine } from './served_engine.ts'
import type { Sizes } from './sizes.ts'

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

/** Lets somebody send events, and nobody read. */
export interface WriteKey {
  readonly key: string
  readonly source: string
  readonly kind: 'browser' | 'server'
}

/** What handlers work with. */
export interface ServeContext {
  readonly engine: ServedEngine
  readonly log: Log
  readonly plan: Plan
  readonly settings: Settings
  readonly clock: Clock
  /** The data folder. */
  readonly directory: string
  readonly started_ms: number
  readonly catalogue: Catalogue
  readonly ages: LaneAges
  readonly sizes: Sizes
  /** Requests that were answered with an error, by its code. */
  readonly refusals: ReadonlyMap<string, number>
  readonly figures: FigureBoard
  readonly live: Live
  readonly links: IdentityLinks
  readonly erasures: Erasures
  readonly housekeeping: Housekeeping
  /** As they stand in the data folder now. */
  readonly writeKeys: () => readonly WriteKey[]
  /** Told of a query that only the end of the process ends. */
  readonly onStuck: (error: Error) => void
}

export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** An answer that is no JSON. */
export interface TextAnswer {
  readonly type: string
  readonly text: string
  readonly status?: number
}

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly summary: string
  readonly access: Access
  /** By name: those in the path must be there; further ones in the query where `others` says so. */
  readonly params?: Readonly<Record<string, Schema>>
  readonly query?: Readonly<Record<string, Schema>>
  readonly otherQuery?: Schema
  readonly body?: Schema
  /** The schema of the JSON answer, or the media type of one that is none. */
  readonly answer: Schema | string
  /** What it returns is the JSON answer, or the text; 'streaming' when it answers by itself. */
  handle(context: ServeContext, call: Call): Promise<object | TextAnswer | 'streaming'>
}

export const text = (about: string): Schema => ({ type: 'string', description: about })
export const nullable = (type: string, about = ''): Schema => ({
  type: [type, 'null'],
  ...(about ? { description: about } : {}),
})
export const count = (about: string): Schema => ({ type: 'integer', description: about })
export const list = (items: Schema, about = ''): Schema => ({
  type: 'array',
  items,
  ...(about ? { description: about } : {}),
})
/** An object that has all of these members. */
export const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
/** A row: columns as the table's entry under /api/tables says. */
export const ROW: Schema = { type: 'object', description: 'one row, a member per column' }

export function isTextAnswer(answer: object): answer is TextAnswer {
  return 'text' in answer && 'type' in answer
}
