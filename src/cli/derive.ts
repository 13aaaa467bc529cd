/** `clickpath derive dimensions`: products and customers out of the events, through the log. */
import { resolve } from 'node:path'
import type { Row } from '../engine/contract.ts'
import type { LaneWriter } from '../log/contract.ts'
import { ClickpathError } from '../std/errors.ts'
import { type Context, command, DATA_OPTION } from './command.ts'
import {
  DERIVED_SOURCE,
  DERIVED_STREAMS,
  type DerivedStream,
  derivedRecord,
  derivedRows,
} from './derive_dimensions.ts'
import { type ImportTables, withTables } from './import_tables.ts'
import { countText } from './numbers.ts'

/** Rows asked for at once; a server may give fewer, and is asked again. */
const ROWS_AT_ONCE = 50_000
/** Records appended at once: well below what the lane's queue holds. */
const RECORDS_AT_ONCE = 2_000

export const deriveCommand = command({
  name: 'derive',
  summary: 'make products and customers out of the events',
  usage: 'dimensions [--data DIR]',
  options: { data: DATA_OPTION },
  examples: ['clickpath derive dimensions'],
  run: async (context) => {
    const [what, ...rest] = context.arguments
    if (what !== 'dimensions' || rest.length > 0) {
      throw new ClickpathError('USAGE', 'Say what to derive: `clickpath derive dimensions`.')
    }
    const directory = resolve(context.cwd, context.options.data)
    const { json, stdout, signal } = context
    const counts = await withTables(context, directory, (tables) =>
      derive(context, directory, tables),
    )
    const sentence = DERIVED_STREAMS.map((stream) => `${countText(counts[stream])} ${stream}`)

    stdout.write(
      json
        ? `${JSON.stringify(counts)}\n`
        : `${sentence.join(' and ')} written; all others are known already.\n`,
    )
    return signal.aborted ? 1 : 0
  },
})

type Counts = Record<DerivedStream, number>

async function derive(
  context: Context,
  directory: string,
  tables: ImportTables,
): Promise<Readonly<Counts>> {
  const { openWriter } = await import('../log/open_log.ts')
  const { settings, clock, signal } = context
  const lane = await openWriter({ directory, settings, clock }, DERIVED_SOURCE)
  const counts: Counts = { products: 0, customers: 0 }
  try {
    for (const stream of DERIVED_STREAMS) {
      for (let after = ''; !signal.aborted; ) {
        const rows = await tables.rows(derivedRows(stream, after, ROWS_AT_ONCE))
        const last = rows.at(-1)
        if (!last) break
        const received_at = new Date(clock.now_ms()).toISOString()
        await append(lane, stream, rows, received_at)
        counts[stream] += rows.length
        after = String(last.key)
      }
    }
  } finally {
    await lane.close()
  }
  await tables.level()
  return counts
}

async function append(
  lane: LaneWriter,
  stream: DerivedStream,
  rows: readonly Row[],
  received_at: string,
): Promise<void> {
  for (let from = 0; from < rows.length; from += RECORDS_AT_ONCE) {
    const some = rows.slice(from, from + RECORDS_AT_ONCE)
    const lines = some.map((row) => `${JSON.stringify(derivedRecord(stream, row, received_at))}\n`)
    await lane.append(Buffer.from(lines.join('')), some.length)
  }
}
