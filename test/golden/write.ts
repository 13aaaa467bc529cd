/**
 * `node test/golden/write.ts [SCENARIO ...]`: writes the expected tables of scenarios anew, with
 * what the first stack says now and the columns that each file has already (begin a table with one
 * row that names its columns: {"visitor_id":null}). Nothing is true because it was written: compare
 * every changed row with events.ndjson by hand, and see that expected.test.ts agrees.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from '../../src/engine/contract.ts'
import { rowsOf } from './check.ts'
import { randomFor, straight } from './deliveries.ts'
import { inOrder } from './rows.ts'
import { readScenario, type Scenario, scenarioNames } from './scenario.ts'
import { type OpenStack, STACKS } from './stacks.ts'

export function writeRows(file: string, rows: readonly Row[]): void {
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

async function writeExpected(scenario: Scenario, open: OpenStack): Promise<void> {
  for (const batch of straight.batches(scenario, randomFor(0))) {
    await open.append(batch)
    await open.engine.catchUp()
  }
  for (const [name, before] of scenario.expected) {
    const columns = Object.keys(before[0] ?? {})
    if (columns.length === 0) throw new Error(`${scenario.name}: ${name} names no columns.`)
    const rows = inOrder(await rowsOf(scenario, name, open), columns)
    writeRows(join(scenario.directory, 'expected', `${name}.ndjson`), rows)
    console.log(`${scenario.name}: ${name}, ${rows.length} rows`)
  }
}

if (import.meta.main) {
  const [stack] = STACKS
  const wanted = process.argv.slice(2)
  for (const name of wanted.length > 0 ? wanted : scenarioNames()) {
    const directory = mkdtempSync(join(tmpdir(), 'clickpath-golden-'))
    try {
      const scenario = readScenario(name)
      const open = await stack?.open(directory, scenario.settings)
      if (open) await writeExpected(scenario, open)
      await open?.close()
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
