/**
 * `clickpath status`: how far the tables are, the ledger, what lies on the disk, who is running,
 * what needs an eye. It changes nothing and waits for nobody for long: a server that does not
 * answer is told as such, with all that can be known without it.
 */
import { join, resolve } from 'node:path'
import { storeFiles } from '../engine/place.ts'
import type { LaneStatus } from '../log/contract.ts'
import type { Concern } from '../serve/concerns.ts'
import type { LedgerSum } from '../serve/ledger.ts'
import type { EngineStatus, FolderStatus, Status } from '../serve/status.ts'
import { messageOf } from '../std/errors.ts'
import { findRunning } from '../std/running.ts'
import { askServer, serverOf } from './ask.ts'
import { type Context, command, DATA_OPTION } from './command.ts'
import { cureOfSilence } from './doctor/silence.ts'
import { printStatus } from './status_text.ts'

/** How long a server may take to answer. */
const ANSWER_MS_MAX = 3_000

export interface ToldStatus extends FolderStatus {
  readonly data: string
  readonly running: readonly {
    readonly role: string
    readonly pid: number
    readonly url: string | null
  }[]
  /** Who knew: the running server, or the folder itself. */
  readonly told_by: 'server' | 'folder'
  /** What needs somebody's eye. */
  readonly concerns: readonly Concern[]
  /** Null where the database cannot be looked at. */
  readonly progress: Partial<EngineStatus> | null
  readonly ledger: LedgerSum['sources']
  readonly totals: LedgerSum['totals'] | null
  /** Null where nobody can tell. */
  readonly balanced: boolean | null
  readonly readers: Status['readers'] | null
  /** Spark's version, where the server knows it. */
  readonly spark: string | null
}

export const statusCommand = command({
  name: 'status',
  summary: 'the lag, the ledger, sizes, who is running, what needs an eye',
  usage: '[--data DIR]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const directory = resolve(context.cwd, context.options.data)
    const status = await readToldStatus(context, directory)
    if (context.json) context.stdout.write(`${JSON.stringify(status)}\n`)
    else printStatus(context.stdout, status)
    const isSilent = status.told_by === 'folder' && serverOf(directory) !== undefined
    return status.balanced === false || isSilent ? 1 : 0
  },
})

async function readToldStatus(context: Context, directory: string): Promise<ToldStatus> {
  const running = (['up', 'collect', 'serve'] as const).flatMap((role) => {
    const found = findRunning(directory, role)
    return found ? [{ role, pid: found.pid, url: found.url }] : []
  })
  const who = { data: directory, running }
  const url = serverOf(directory)
  if (url === undefined) return { ...who, ...(await folderAlone(context, directory)) }
  try {
    const bound = AbortSignal.timeout(ANSWER_MS_MAX)
    const status = (await askServer(url, 'GET', '/api/status', undefined, bound)) as Status
    return { ...who, ...ofServer(status) }
  } catch (thrown) {
    const pid = running.find(({ role }) => role === 'serve')?.pid
    const bound = `within ${ANSWER_MS_MAX / 1_000} s`
    const why = (thrown as Error).name === 'TimeoutError' ? bound : messageOf(thrown)
    const silence = `The server at ${url} (process ${pid}) does not answer: ${why}.`
    const told = `${silence} ${cureOfSilence(pid)}`
    return { ...who, ...(await folderAlone(context, directory, told)) }
  }
}

function ofServer(status: Status) {
  const { engine, ledger, ...rest } = status
  return {
    ...rest,
    told_by: 'server' as const,
    spark: status.versions.spark,
    progress: engine,
    ledger: ledger?.sources ?? [],
    totals: ledger?.totals ?? null,
    balanced: ledger?.balanced ?? null,
  }
}

/** What the folder tells; the database too, unless the server that has it open is silent. */
async function folderAlone(context: Context, directory: string, silence?: string) {
  const { concernsOf } = await import('../serve/concerns.ts')
  const { folderStatusOnce } = await import('../serve/status.ts')
  const { settings, clock } = context
  const found = await lanesOf(context, directory).catch((thrown) => messageOf(thrown))
  const lanes = typeof found === 'string' ? [] : found
  const unseen = silence ?? (typeof found === 'string' ? found : undefined)
  const look = unseen ? { why: unseen } : await lookAtDatabase(context, directory, lanes)
  const seen = 'why' in look ? null : look
  const parts = { directory, lanes, offsets: seen?.offsets ?? new Map(), settings }
  const folder = await folderStatusOnce(parts, clock, seen?.committed_ms ?? null)
  const pending = folder.lanes.reduce((sum, lane) => sum + lane.pending, 0)
  const told = { ...folder, engine: null, ledger: seen?.ledger ?? null }
  const level = unseen ? ('problem' as const) : ('note' as const)
  const why = 'why' in look ? [{ level, said: look.why }] : []
  return {
    ...folder,
    told_by: 'folder' as const,
    spark: null,
    concerns: [...why, ...concernsOf(told, clock.now_ms())],
    progress: seen ? { batch: seen.batch, watermark: seen.watermark, pending } : null,
    ledger: seen?.ledger.sources ?? [],
    totals: seen?.ledger.totals ?? null,
    balanced: seen?.ledger.balanced ?? null,
    readers: null,
  }
}

/** Throws where the log is in Kafka and that does not answer. */
async function lanesOf({ settings }: Context, directory: string): Promise<readonly LaneStatus[]> {
  const { openLog } = await import('../log/open_log.ts')
  const log = await openLog(
    { directory, settings },
    join(directory, 'run', `status-${process.pid}`),
  )
  try {
    return await log.lanes()
  } finally {
    await log.close()
  }
}

async function lookAtDatabase(
  { settings, clock }: Context,
  directory: string,
  lanes: readonly LaneStatus[],
) {
  const { lookAtStore } = await import('../engine/duckdb/look.ts')
  const { watermarkOf } = await import('../engine/duckdb/watermark.ts')
  const { LEDGER } = await import('../present/views.ts')
  const { readLedgerSum } = await import('../serve/ledger.ts')
  const files = storeFiles(directory, settings)
  const prologue = [`CREATE TEMP VIEW ledger AS ${LEDGER}`]
  try {
    const seen = await lookAtStore({ files, settings, lanes, prologue }, async (look) => ({
      batch: look.position.batch,
      offsets: look.position.offsets,
      committed_ms: look.committed_ms,
      watermark: watermarkOf(look.position.sources, settings),
      ledger: await readLedgerSum(look.store, lanes, clock.now_ms()),
    }))
    if (seen === 'missing') return { why: 'There is no database yet; `clickpath up` builds it.' }
    if (!('why' in seen)) return seen
    return { why: `At the next start the database is built anew from the log: ${seen.why}.` }
  } catch (thrown) {
    return { why: messageOf(thrown) }
  }
}
