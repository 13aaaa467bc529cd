/**
 * Asking a question: the same for the API and the command line. Reads what was given, settles what
 * "now" is, keeps the time that one query may take.
 */
import type { EngineProgress, Row, Store } from '../../engine/contract.ts'
import type { Clock } from '../../std/clock.ts'
import type { Settings } from '../../std/settings.ts'
import { type Given, readAsked } from './parameters.ts'
import type { Statement } from './question.ts'
import type { AnyQuestion } from './registry.ts'

/** People told behind one cell; more are cut, and `truncated` says so. */
export const PEOPLE_MAX = 1_000

/** What is asked, as far as a question needs it. */
export interface AskedEngine {
  readonly store: Store & {
    rows(
      sql: string,
      params?: readonly unknown[],
      limits?: { readonly query_ms?: number },
    ): Promise<readonly Row[]>
  }
  progress(): Pick<EngineProgress, 'watermark'>
}

export interface Asking {
  readonly engine: AskedEngine
  readonly settings: Settings
  readonly clock: Clock
}

export interface People {
  readonly people: readonly Row[]
  /** There are more than PEOPLE_MAX. */
  readonly truncated: boolean
}

function limited({ engine, settings }: Asking): Store {
  const limits = { query_ms: settings.query_ms_max }
  return { rows: (sql, params) => engine.store.rows(sql, params, limits) }
}

/** What `as_of` is where nobody says: the watermark, else the last event, else this moment. */
async function nowOf({ engine, clock }: Asking, store: Store): Promise<string> {
  const { watermark } = engine.progress()
  if (watermark !== null) return watermark
  const [row] = await store.rows('SELECT max(event_time) AS last FROM events')
  return typeof row?.last === 'string' ? row.last : new Date(clock.now_ms()).toISOString()
}

/** Throws BAD_REQUEST, and SQL_STOPPED when it takes longer than `query_ms_max`. */
export async function askQuestion(
  question: AnyQuestion,
  given: Given,
  asking: Asking,
): Promise<object> {
  const asked = readAsked(question.parameters, given)
  const store = limited(asking)
  // Where nothing is live it takes a look at all events: only for who goes by it.
  const isAsked = 'as_of' in question.parameters
  const as_of = asked.as_of ?? (isAsked ? await nowOf(asking, store) : '')
  return question.ask(asked, { store, settings: asking.settings, as_of })
}

/** The people behind the cell that is asked for. */
export async function askPeople(
  question: AnyQuestion,
  given: Given,
  asking: Asking,
): Promise<People> {
  const asked = readAsked(question.parameters, given)
  const store = limited(asking)
  const whole = 'as_of' in question.parameters && asked.as_of === undefined
  const settled = whole ? { ...asked, as_of: await nowOf(asking, store) } : asked
  const { sql, params } = question.people(settled, asking.settings)
  const rows = await store.rows(`SELECT * FROM (\n${sql}\n) LIMIT ${PEOPLE_MAX + 1}`, params)
  return { people: rows.slice(0, PEOPLE_MAX), truncated: rows.length > PEOPLE_MAX }
}

/** The SQL that would be run. */
export function explainQuestion(
  question: AnyQuestion,
  given: Given,
  settings: Settings,
): readonly Statement[] {
  return question.statements(readAsked(question.parameters, given), settings)
}
