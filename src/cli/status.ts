/**
 * `clickpath status`: the ledger, how far the tables are, what lies on the disk, who is running.
 */
import { resolve } from 'node:path'
import type { EngineProgress, Row } from '../engine/contract.ts'
import type { LaneStatus } from '../log/contract.ts'
import type { Processor } from '../processor.ts'
import { findRunning } from '../std/running.ts'
import { askServer, query, serverOf, withProcessor } from './ask.ts'
import { command, DATA_OPTION } from './command.ts'
import { bytesText, countText } from './numbers.ts'
import { printRows } from './output.ts'

const LEDGER = `SELECT source, sum(received) AS received, sum(stored) AS stored,
  sum(duplicate) AS duplicate, sum(invalid) AS invalid, sum(filtered) AS filtered,
  sum(erased) AS erased, sum(late) AS late FROM ledger GROUP BY source ORDER BY source`

interface Status {
  readonly running: readonly {
    readonly role: string
    readonly pid: number
    readonly url: string | null
  }[]
  readonly progress: Omit<EngineProgress, 'offsets'>
  readonly lanes: readonly LaneStatus[]
  readonly ledger: readonly Row[]
  /** received = stored + duplicate + invalid + filtered + erased, for every source. */
  readonly balanced: boolean
}

const OUTCOMES = ['stored', 'duplicate', 'invalid', 'filtered', 'erased']

function balances(ledger: readonly Row[]): boolean {
  return ledger.every((row) => {
    const outcomes = OUTCOMES.reduce((sum, name) => sum + Number(row[name] ?? 0), 0)
    return outcomes === Number(row.received)
  })
}

async function ownStatus({ engine, log }: Processor): Promise<Pick<Status, 'progress' | 'lanes'>> {
  const { offsets: _, ...progress } = engine.progress()
  return { progress, lanes: await log.lanes() }
}

function served(answer: unknown): Pick<Status, 'progress' | 'lanes'> {
  const { engine, lanes } = answer as { engine: Status['progress']; lanes: Status['lanes'] }
  return { progress: engine, lanes }
}

export const statusCommand = command({
  name: 'status',
  summary: 'the ledger, the lag, sizes, and who is running',
  usage: '[--data DIR]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const directory = resolve(context.cwd, context.options.data)
    const running = (['up', 'collect', 'serve'] as const).flatMap((role) => {
      const found = findRunning(directory, role)
      return found ? [{ role, pid: found.pid, url: found.url }] : []
    })
    const url = serverOf(directory)
    const own = url
      ? served(await askServer(url, 'GET', '/api/status'))
      : await withProcessor(context, directory, ownStatus)
    const { rows: ledger } = await query(context, directory, LEDGER)
    const status: Status = {
      running,
      progress: own.progress,
      lanes: own.lanes,
      ledger,
      balanced: balances(ledger),
    }
    if (context.json) context.stdout.write(`${JSON.stringify(status)}\n`)
    else print(context.stdout, directory, status)
    return status.balanced ? 0 : 1
  },
})

function print(
  stdout: Parameters<typeof printRows>[0],
  directory: string,
  { running, progress, lanes, ledger, balanced }: Status,
): void {
  const who = running.map(
    ({ role, pid, url }) => `${role} (process ${pid}${url ? `, ${url}` : ''})`,
  )
  stdout.write(`data       ${directory}\n`)
  stdout.write(`running    ${who.join(', ') || 'nothing; start it with `clickpath up`'}\n`)
  stdout.write(`tables     ${progress.state}, batch ${progress.batch}, `)
  stdout.write(`${countText(progress.pending)} records behind the log\n`)
  stdout.write(`watermark  ${progress.watermark ?? 'none yet: no event has come'}\n`)
  if (progress.last_error) stdout.write(`error      ${progress.last_error}\n`)
  stdout.write('\nThe log\n')
  const rows = lanes.map(({ lane, durable_position, bytes, segments }) => ({
    lane,
    records: countText(durable_position),
    size: bytesText(bytes),
    segments,
  }))
  printRows(stdout, rows, 'table')
  stdout.write(`\nThe ledger: ${balanced ? 'it balances' : 'IT DOES NOT BALANCE'}\n`)
  printRows(stdout, ledger, 'table')
}
