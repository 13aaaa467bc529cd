/** What must hold once all of a scenario has been told: its tables, and a balanced ledger. */
import assert from 'node:assert/strict'
import type { Row } from '../../src/engine/contract.ts'
import { type AskedEngine, askQuestion } from '../../src/present/questions/asking.ts'
import { questionsOf } from '../../src/present/questions/registry.ts'
import { systemClock } from '../../src/std/clock.ts'
import type { Delivery } from './deliveries.ts'
import { compareRows } from './rows.ts'
import type { Scenario } from './scenario.ts'
import type { OpenStack } from './stacks.ts'

export type Manner = Pick<Delivery, 'order' | 'copies'> & {
  /** Whether the tables caught up where the scenario says. */
  readonly batches: 'as told' | 'others'
}

/** Every record counts in these, copies too. */
const COUNTED_BY_RECORD = ['ledger', 'invalid_events', 'filtered_events']

/** The rows of a table, or of a question's answer. */
export async function rowsOf(
  { questions }: Pick<Scenario, 'questions'>,
  name: string,
  { engine, settings }: OpenStack,
): Promise<readonly Row[]> {
  const asked = questions[name]
  if (!asked) return engine.store.rows(`SELECT * FROM ${name}`)
  const { ask, ...words } = asked
  const question = questionsOf().find((one) => one.name === ask)
  if (!question) throw new Error(`${name} asks ${ask}, which is no question.`)
  const asking = { engine: engine as AskedEngine, settings, clock: systemClock }
  return question.rows(await askQuestion(question, words, asking))
}

/** What of the expected rows does not depend on the manner in which the records came. */
function comparable(name: string, rows: readonly Row[], { batches }: Manner): readonly Row[] {
  if (name !== 'ledger' || batches === 'as told') return rows
  // An event is late when what was furthest ahead of it came in an earlier batch.
  return rows.map(({ late: _, ...row }) => row)
}

function isCompared(name: string, scenario: Scenario, { order, copies }: Manner): boolean {
  if (copies === 'some' && COUNTED_BY_RECORD.includes(name)) return false
  return order === 'as told' || !scenario.first_counts.includes(name)
}

async function checkLedger({ engine }: OpenStack): Promise<void> {
  const [row] = await engine.store.rows(`SELECT sum(received) AS received,
    sum(stored + duplicate + invalid + filtered + erased) AS told FROM ledger`)
  assert.equal(row?.told, row?.received, 'the ledger does not balance')
}

/** Throws with the first differences. */
export async function check(scenario: Scenario, stack: OpenStack, manner: Manner): Promise<void> {
  await checkLedger(stack)
  for (const [name, expected] of scenario.expected) {
    if (!isCompared(name, scenario, manner)) continue
    const rows = await rowsOf(scenario, name, stack)
    compareRows(name, rows, comparable(name, expected, manner))
  }
}
