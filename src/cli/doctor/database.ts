/** The database, looked at where no server has it open. It is a cache: whatever is wrong mends. */
import { join } from 'node:path'
import { lookAtStore } from '../../engine/duckdb/look.ts'
import { storeFiles } from '../../engine/place.ts'
import { openLog } from '../../log/open_log.ts'
import { LEDGER } from '../../present/views.ts'
import { readLedgerSum } from '../../serve/ledger.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { countText } from '../numbers.ts'
import { type Check, type Finding, note, ok, problem } from './finding.ts'

const ANEW =
  'Run `clickpath up` or `clickpath rebuild`: it is built anew from the log, and nothing is lost.'

export const checkDatabase: Check = async ({ directory, settings, context }) => {
  const spool = join(directory, 'run', `doctor-${process.pid}`)
  const log = await openLog({ directory, settings }, spool)
  const lanes = await log.lanes().finally(() => log.close())
  const durable = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
  const files = storeFiles(directory, settings)
  const prologue = [`CREATE TEMP VIEW ledger AS ${LEDGER}`]
  try {
    const seen = await lookAtStore({ files, settings, lanes, prologue }, async (look) => {
      const sum = await readLedgerSum(look.store, lanes, context.clock.now_ms())
      return { ...sum, batch: look.position.batch, version: look.version }
    })
    if (seen === 'missing') return [durable > 0 ? missing(durable) : ok('database', 'none yet')]
    if ('why' in seen) return [problem('database', `It cannot be gone on from: ${seen.why}.`, ANEW)]
    return [...ledger(seen), ok('database', `opens; batch ${seen.batch}, DuckDB ${seen.version}`)]
  } catch (thrown) {
    return [unusable(thrown)]
  }
}

function missing(durable: number): Finding {
  return note('database', `There is none, and the log has ${countText(durable)} records.`, ANEW)
}

function unusable(thrown: unknown): Finding {
  const said = messageOf(thrown)
  const isLocked = thrown instanceof ClickpathError && thrown.code === 'STORE_LOCKED'
  if (!isLocked) return problem('database', said, ANEW)
  const cure =
    'Another program has the file open, such as a DuckDB shell or an import: end that one.'
  return problem('database', said, cure)
}

interface Sum {
  readonly balanced: boolean
  readonly totals: { readonly pending: number; readonly received: number }
}

function ledger({ balanced, totals }: Sum): readonly Finding[] {
  const { pending, received } = totals
  if (!balanced) {
    const said = 'The ledger does not balance: some record has no outcome, or two.'
    return [problem('ledger', said, '`clickpath rebuild` counts anew from the log. Tell us of it.')]
  }
  const why = 'it is an older copy, or its process was killed.'
  const behind = `The database is ${countText(pending)} records behind the log: ${why}`
  const cure = 'The next start catches up.'
  return [
    ok('ledger', `balances over ${countText(received)} records`),
    ...(pending > 0 ? [note('database', behind, cure)] : []),
  ]
}
