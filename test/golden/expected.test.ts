/** What is expected of the golden scenarios, against what the oracle makes of the same events. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COLUMNS, type OracleTable } from '../oracle/columns.ts'
import { differences } from '../oracle/compare.ts'
import type { OracleEvent } from '../oracle/event.ts'
import { oracleTables } from '../oracle/tables.ts'
import { columnsIn } from './columns.ts'
import { inOrder } from './rows.ts'
import { readScenario, type Scenario, scenarioNames } from './scenario.ts'

const isKnown = (name: string): name is OracleTable => name in COLUMNS

/** The events that count. */
function eventsOf({ batches }: Scenario): readonly OracleEvent[] {
  return batches
    .flat()
    .filter(({ record, refused }) => record.record === 'event' && refused === null)
    .map(({ record }) => record as unknown as OracleEvent)
}

function timeZoneOf({ settings }: Scenario) {
  return settings.time_zone === undefined ? {} : { time_zone: String(settings.time_zone) }
}

for (const scenario of scenarioNames().map(readScenario)) {
  const { name, expected, checked } = scenario

  test(`${name} expects what the oracle computes`, () => {
    const computed = oracleTables(eventsOf(scenario), timeZoneOf(scenario))
    for (const [table, rows] of expected) {
      if (!isKnown(table)) continue
      const found = differences(table, rows, computed[table], columnsIn(table, rows))
      assert.deepEqual(found, [], table)
    }
  })

  test(`${name} says how each table was checked that the oracle does not know`, () => {
    const unsaid = [...expected.keys()].filter((table) => {
      return !isKnown(table) && !new RegExp(`\\b${table}\\b`).test(checked)
    })
    assert.deepEqual(unsaid, [])
  })

  test(`${name} expects rows with the same columns, in the order of their text`, () => {
    for (const [table, rows] of expected) {
      assert.ok(rows.length > 0, `${table} expects nothing`)
      assert.deepEqual(inOrder(rows, Object.keys(rows[0] ?? {})), rows, table)
    }
  })
}
