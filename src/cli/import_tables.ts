/**
 * Who takes the imported records into the tables: the server that runs on the data folder, or an
 * engine opened here for as long as the import lasts. Both work while segments are still written.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Extent } from '../collect/files/import_lane.ts'
import type { Row } from '../engine/contract.ts'
import type { Processor } from '../processor.ts'
import { ClickpathError } from '../std/errors.ts'
import { findRunning } from '../std/running.ts'
import { askServer, query, serverOf, withProcessor } from './ask.ts'
import type { Context } from './command.ts'

export interface ImportTables {
  /** A segment of so many records is durable: they may be taken in. */
  tell(records: number): void
  /** Resolves when all these records are in the tables. */
  taken(extents: readonly Extent[], onProgress: (records: number) => void): Promise<void>
  /** Resolves when all that is durable now is in the tables. */
  level(): Promise<void>
  rows(sql: string): Promise<readonly Row[]>
}

/** How long a server that is being started is waited for. */
const START_MS_MAX = 60_000
const FLUSH_WAIT_MS = 1_000
const LEVEL_WAIT_MS = 600_000

/** How many of the records are in the tables. */
function takenOf(extents: readonly Extent[], offsetOf: (lane: string) => number): number {
  return extents.reduce((sum, { lane, from, to }) => {
    return sum + Math.max(0, Math.min(offsetOf(lane), to) - from)
  }, 0)
}

const recordsIn = (extents: readonly Extent[]) =>
  extents.reduce((sum, { from, to }) => sum + to - from, 0)

/** The server's address; waits for one that is being started. Undefined where none is. */
async function awaitServer({ clock, signal }: Context, directory: string) {
  const until_ms = clock.now_ms() + START_MS_MAX
  for (;;) {
    const url = serverOf(directory)
    if (url !== undefined) return url
    const starting = findRunning(directory, 'up') ?? findRunning(directory, 'serve')
    if (!starting) return undefined
    if (clock.now_ms() > until_ms) {
      throw new ClickpathError('BUSY', `The server on ${directory} does not answer yet. Ask again.`)
    }
    await sleep(200, undefined, { signal })
  }
}

function tablesOfServer(context: Context, directory: string, url: string): ImportTables {
  return {
    // It looks for new segments by itself.
    tell: () => {},
    async taken(extents, onProgress) {
      while (!context.signal.aborted) {
        await askServer(url, 'POST', `/api/flush?wait_ms=${FLUSH_WAIT_MS}`)
        const { lanes } = (await askServer(url, 'GET', '/api/status')) as {
          readonly lanes: readonly { readonly lane: string; readonly offset: number }[]
        }
        const offsets = new Map(lanes.map((status) => [status.lane, status.offset]))
        const taken = takenOf(extents, (lane) => offsets.get(lane) ?? 0)
        onProgress(taken)
        if (taken >= recordsIn(extents)) return
      }
    },
    async level() {
      await askServer(url, 'POST', `/api/flush?wait_ms=${LEVEL_WAIT_MS}`)
    },
    rows: async (sql) => (await query(context, directory, sql)).rows,
  }
}

function tablesOfProcessor({ settings, signal }: Context, { engine }: Processor): ImportTables {
  let waiting = 0
  let working: Promise<void> = Promise.resolve()
  let state: 'idle' | 'working' = 'idle'
  let failure: unknown
  const work = async (): Promise<void> => {
    state = 'working'
    waiting = 0
    await engine.catchUp(signal).catch((thrown: unknown) => {
      failure = thrown
    })
    state = 'idle'
  }
  return {
    tell(records) {
      waiting += records
      // A batch costs something by itself, so it is begun when it is full.
      if (state === 'idle' && waiting >= settings.batch_records_max) working = work()
    },
    async taken(extents, onProgress) {
      const offsetOf = (lane: string) => engine.progress().offsets.get(lane) ?? 0
      const tellProgress = () => onProgress(takenOf(extents, offsetOf))
      const unsubscribe = engine.onCommit(tellProgress)
      try {
        await working
        if (failure !== undefined) throw failure
        await engine.catchUp(signal)
      } finally {
        unsubscribe()
      }
    },
    level: () => engine.catchUp(signal),
    rows: (sql) => engine.store.rows(sql),
  }
}

/** Runs `work` with the tables of the data folder at hand. */
export async function withTables<T>(
  context: Context,
  directory: string,
  work: (tables: ImportTables) => Promise<T>,
): Promise<T> {
  const url = await awaitServer(context, directory)
  if (url !== undefined) return work(tablesOfServer(context, directory, url))
  return withProcessor(context, directory, (processor) =>
    work(tablesOfProcessor(context, processor)),
  )
}
