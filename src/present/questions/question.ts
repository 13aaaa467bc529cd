/**
 * A question: what people ask beyond the tables (where do they leave, which way do they go, do they
 * come back). Parameters in, one answer out, and for every cell of the answer the people behind it.
 * API routes, OpenAPI, commands and their help all derive from the declaration.
 */
import type { Row, Store } from '../../engine/contract.ts'
import type { Settings } from '../../std/settings.ts'

export interface Parameter {
  /**
   * text and choice: one word. list: words, given several times or by comma. time: ISO 8601.
   * duration: `30 minutes`. integer: a whole number of at least `min` and at most `max`.
   */
  readonly type: 'text' | 'choice' | 'list' | 'time' | 'duration' | 'integer'
  /** One sentence for help and OpenAPI. */
  readonly about: string
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  /** For lists. whole: a comma is a part of a word. */
  readonly words?: 'by comma' | 'whole'
  /** As it would be given; without one the parameter may be absent. */
  readonly default?: string
  /** On the command line these are the plain words after the question's name. */
  readonly positional?: true
  /** Only asks for the people behind a cell. */
  readonly cell?: true
}

export type Parameters = Readonly<Record<string, Parameter>>

/** Checked values: list to texts, integer to number, all others to text; absent ones undefined. */
export type Asked<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends { type: 'list' }
    ? readonly string[]
    : P[K] extends { type: 'integer' }
      ? P[K] extends { default: string }
        ? number
        : number | undefined
      : P[K] extends { default: string }
        ? string
        : string | undefined
}

export interface QuestionContext {
  readonly store: Store
  readonly settings: Settings
  /**
   * "Now" of whatever is relative to it, ISO 8601: the watermark where nobody says otherwise. Empty
   * for a question without that parameter.
   */
  readonly as_of: string
}

/** One statement with positional parameters. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

export interface Question<P extends Parameters = Parameters, Answer extends object = object> {
  /** Its route is /api/NAME, its command `clickpath NAME`. */
  readonly name: string
  /** The question in a shop's words. */
  readonly answers: string
  readonly parameters: P
  /** Command lines that work as they stand. */
  readonly examples: readonly string[]
  /** JSON Schema of the answer. */
  readonly answer: Readonly<Record<string, unknown>>
  /** The statements that make the answer: what `explain` shows. Throws BAD_REQUEST. */
  statements(asked: Asked<P>, settings: Settings): readonly Statement[]
  /** Throws BAD_REQUEST for values that do not fit together. */
  ask(asked: Asked<P>, context: QuestionContext): Promise<Answer>
  /**
   * The people behind one cell: rows of person_id, visitor_id and what else names them, at most
   * 1,000. Cells are named by the parameters marked `cell`; every cell of an answer carries them as
   * `people`, a path of the API that is ready to follow.
   */
  people(asked: Asked<P>, settings: Settings): Statement
  /** The answer as rows, for a terminal and CSV. */
  rows(answer: Answer): readonly Row[]
}
