/**
 * Golden scenarios: what a shop tells, and what the tables must then say. Each is a folder below
 * `scenarios/`, small enough to be checked by hand:
 *
 *   scenario.json            its promise in one sentence, and how its expected tables were checked
 *   events.ndjson            what is told: the records of src/model/record.ts, one a line
 *   expected/TABLE.ndjson    the rows of a table, one a line, in the order of their text
 *
 * In events.ndjson a line that does not say otherwise is an `event` of the source `web`, told by a
 * `browser` and received when it happened. An empty line says that the tables caught up here. Two
 * fields are for readers and never told: `note`, and `refused`, which says why the line may not
 * count. An expected row holds the columns that are compared; those it leaves out are not.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Row } from '../../src/engine/contract.ts'
import type { SettingValues } from '../../src/std/settings.ts'
import type { Words } from '../questions/asking_questions.ts'

export const SCENARIOS = join(import.meta.dirname, 'scenarios')

export type GoldenRecord = Readonly<Record<string, unknown>>

/** A line of events.ndjson: what is told, and whether it may count. */
export interface ToldLine {
  readonly record: GoldenRecord
  readonly refused: string | null
}

interface Description {
  readonly promise: string
  /** How the expected tables were checked; names those that the oracle does not compute. */
  readonly checked: string
  readonly settings?: SettingValues
  /** Expected like tables: a question, in the words of the API, and its answer's rows. */
  readonly questions?: Readonly<Record<string, { readonly ask: string } & Words>>
  /** Tables in which the first of several different events counts, so that their order matters. */
  readonly first_counts?: readonly string[]
}

export interface Scenario extends Required<Description> {
  readonly name: string
  readonly directory: string
  /** In the order told; between two batches the tables caught up. */
  readonly batches: readonly (readonly ToldLine[])[]
  /** By table, or by the name of a question. */
  readonly expected: ReadonlyMap<string, readonly Row[]>
}

export const linesOf = (file: string): readonly Row[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)

function toldLine(line: string): ToldLine {
  const { note: _, refused = null, ...told } = JSON.parse(line) as Record<string, unknown>
  const isEvent = (told.record ?? 'event') === 'event'
  const received_at = told.event_time ?? told.updated_at
  const record = { record: 'event', source: 'web', received_at, ...told }
  return {
    record: isEvent ? { origin: 'browser', ...record } : record,
    refused: refused === null ? null : String(refused),
  }
}

export function readScenario(name: string): Scenario {
  const directory = join(SCENARIOS, name)
  const read = (file: string) => readFileSync(join(directory, file), 'utf8')
  const batches = read('events.ndjson')
    .split(/\n{2,}/)
    .map((batch) => batch.split('\n').filter((line) => line !== ''))
  const description = JSON.parse(read('scenario.json')) as Description
  return {
    settings: {},
    questions: {},
    first_counts: [],
    ...description,
    name,
    directory,
    batches: batches.map((lines) => lines.map(toldLine)),
    expected: readExpected(join(directory, 'expected')),
  }
}

export function readExpected(directory: string): ReadonlyMap<string, readonly Row[]> {
  const files = globSync('*.ndjson', { cwd: directory }).sort()
  return new Map(files.map((file) => [basename(file, '.ndjson'), linesOf(join(directory, file))]))
}

export function scenarioNames(): readonly string[] {
  return globSync('*/', { cwd: SCENARIOS })
    .map((folder) => basename(folder))
    .filter((name) => existsSync(join(SCENARIOS, name, 'scenario.json')))
    .sort()
}
