/**
 * What became of an imported file, read back from the tables: its records are those that carry the
 * time at which this import began, whoever else sends to the same source meanwhile.
 */
import type { ImportedFile, ImportOptions } from '../collect/files/import_file.ts'
import { quoteText } from '../std/duckdb.ts'
import type { Context } from './command.ts'
import type { ImportTables } from './import_tables.ts'
import { countText, durationText } from './numbers.ts'

export interface Outcome extends Omit<ImportedFile, 'records' | 'extents' | 'others' | 'end'> {
  readonly file: string
  readonly source: string
  readonly stream: ImportOptions['stream']
  /** Records in the lane of this import. */
  readonly received: number
  readonly stored: number
  /** Rows whose ids had been there before, with the same content. */
  readonly duplicate: number
  readonly invalid: number
  readonly filtered: number
  /** Rows of people who were erased: nothing of them is kept. */
  readonly erased: number
  readonly reasons: readonly Reason[]
  readonly lasted_ms: number
  /** Rows of this run, interrupted ones of before not counted. */
  readonly rows_per_second: number
}

interface Reason {
  readonly reason: string
  readonly count: number
  /** What was wrong with the first one. */
  readonly detail: string
}

type Done = ImportedFile & Pick<Outcome, 'file' | 'source' | 'stream' | 'lasted_ms'>

const REASONS_SHOWN_MAX = 5
/** Records that are neither events nor refused. */
const OTHERS = "kind NOT IN ('event', 'invalid', 'filtered')"

export async function readOutcome(tables: ImportTables, done: Done): Promise<Outcome> {
  const { records: received, stream, source, received_at, lasted_ms, continued_at } = done
  const own = `source = ${quoteText(source)} AND received_at = TIMESTAMP ${quoteText(
    received_at.replace('T', ' ').replace('Z', ''),
  )}`
  const count = async (view: string, which = 'TRUE'): Promise<number> => {
    const [row] = await tables.rows(`SELECT count(*) AS n FROM ${view} WHERE ${own} AND ${which}`)
    return Number(row?.n)
  }
  const reasons = await readReasons(tables, own)
  const invalid = reasons.reduce((sum, reason) => sum + reason.count, 0)
  const filtered = await count('filtered_events')
  const erased = await count('erased_events')
  // Every row of a dimension is kept; the latest one counts when it is asked for.
  const stored =
    stream === 'events'
      ? (await count('events')) + done.others - (await count('erased_events', OTHERS))
      : received - invalid - filtered - erased
  const duplicate = received - stored - invalid - filtered - erased
  const { records: _, others: __, end: ___, ...rest } = done
  return {
    ...rest,
    ...{ received, stored, duplicate, invalid, filtered, erased, reasons },
    rows_per_second: Math.round(((received - continued_at) / Math.max(1, lasted_ms)) * 1_000),
  }
}

async function readReasons(tables: ImportTables, own: string): Promise<readonly Reason[]> {
  const rows = await tables.rows(`SELECT reason, count(*) AS n, min(detail) AS detail
    FROM invalid_events WHERE ${own} GROUP BY reason ORDER BY n DESC, reason`)
  return rows.map(({ reason, n, detail }) => ({
    reason: String(reason),
    count: Number(n),
    detail: String(detail),
  }))
}

/** One JSON object a file, or some lines for people. */
export function tellOutcome({ json, stdout }: Context, outcome: Outcome): void {
  stdout.write(json ? `${JSON.stringify(outcome)}\n` : sentencesOf(outcome))
}

function sentencesOf(outcome: Outcome): string {
  const { file, received, stored, duplicate, invalid, filtered, erased, continued_at } = outcome
  const rows = received - continued_at
  const speed = `${durationText(outcome.lasted_ms)}, ${countText(outcome.rows_per_second)} rows/s`
  const lines = [`${file}: ${countText(rows)} rows, ${speed}`]
  if (continued_at > 0) {
    lines.push(`  continued after the ${countText(continued_at)} rows of an interrupted import`)
  }
  if (duplicate === received) {
    lines.push(`  ${countText(duplicate)} duplicates, nothing changed: all of it was there before`)
  } else {
    const counts = [
      `${countText(stored)} stored`,
      `${countText(duplicate)} duplicates`,
      `${countText(invalid)} invalid`,
      ...(filtered > 0 ? [`${countText(filtered)} left out by your own steps`] : []),
      ...(erased > 0 ? [`${countText(erased)} of people who were erased`] : []),
    ]
    lines.push(`  ${counts.join(' · ')}`)
  }
  for (const { reason, count, detail } of outcome.reasons.slice(0, REASONS_SHOWN_MAX)) {
    lines.push(`  ${countText(count)} ${reason}: ${detail}`)
  }
  if (invalid > 0) {
    lines.push('  They are kept: clickpath query "SELECT * FROM invalid_events"')
  }
  return `${lines.join('\n')}\n`
}
