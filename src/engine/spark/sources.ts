/** How Spark reads what is new in the log: the slices that a reader of its files gives. */
import type { Log, Offsets, Slice } from '../../log/contract.ts'
import type { SparkInput } from './spark_batch.ts'
import { sparkName, sparkText } from './words.ts'

export interface SparkSource {
  /** What to run first, and the input; null when nothing is durable beyond the offsets. */
  next(
    offsets: Offsets,
    records_max: number,
  ): Promise<{ readonly setup: readonly string[]; readonly input: SparkInput } | null>
}

const BYTES_MAX = 1_000_000_000

/** A record as one line of JSON: imports keep theirs as columns. */
function sliceLines({ lane, file, format, first_position, row_first, count }: Slice): string {
  const from = `${sparkText(lane)} AS lane, ${first_position} + monotonically_increasing_id()
    AS position`
  if (format === 'ndjson') return `SELECT value, ${from} FROM text.${sparkName(file)}`
  const rows = `_metadata.row_index >= ${row_first} AND _metadata.row_index < ${row_first + count}`
  return `SELECT to_json(struct(*)) AS value, ${from} FROM parquet.${sparkName(file)} WHERE ${rows}`
}

export class SliceSource implements SparkSource {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  async next(offsets: Offsets, records_max: number) {
    const slices = await this.#log.read(offsets, { records_max, bytes_max: BYTES_MAX })
    if (slices.length === 0) return null
    const after = new Map(offsets)
    for (const { lane, first_position, count } of slices) after.set(lane, first_position + count)
    const records = slices.reduce((sum, { count }) => sum + count, 0)
    const lines = `(${slices.map(sliceLines).join(' UNION ALL ')})`
    return { setup: [], input: { lines, offsets: after, records } }
  }
}
