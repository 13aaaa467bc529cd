/**
 * How Spark reads what is new in the log: where the log is files, the slices that its reader gives;
 * where it is Kafka, a range of offsets that Spark fetches itself, so that no event passes through
 * this process.
 */
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

export interface KafkaTopic {
  /** host:port, as Spark reaches the brokers. */
  readonly brokers: readonly string[]
  readonly topic: string
}

/** Lanes are partitions, named by their number; offsets of records that retention took are gone. */
export class KafkaRangeSource implements SparkSource {
  readonly #log: Log
  readonly #topic: KafkaTopic

  constructor(log: Log, topic: KafkaTopic) {
    this.#log = log
    this.#topic = topic
  }

  async next(offsets: Offsets, records_max: number) {
    const lanes = await this.#log.lanes()
    const share = Math.max(1, Math.floor(records_max / Math.max(1, lanes.length)))
    const ranges = lanes.map(({ lane, first_position, durable_position }) => {
      const from = offsets.get(lane) ?? first_position
      return { lane, from, until: Math.min(durable_position, from + share) }
    })
    const records = ranges.reduce((sum, { from, until }) => sum + until - from, 0)
    if (records === 0) return null
    const { brokers, topic } = this.#topic
    const bounds = (of: (range: (typeof ranges)[number]) => number) =>
      JSON.stringify({
        [topic]: Object.fromEntries(ranges.map((range) => [range.lane, of(range)])),
      })
    const options = {
      'kafka.bootstrap.servers': brokers.join(','),
      subscribe: topic,
      startingOffsets: bounds(({ from }) => from),
      endingOffsets: bounds(({ until }) => until),
      failOnDataLoss: 'true',
    }
    const told = Object.entries(options).map(
      ([name, value]) => `${sparkText(name)} ${sparkText(value)}`,
    )
    const setup = [
      `CREATE OR REPLACE TEMPORARY VIEW kafka_range USING kafka OPTIONS (${told.join(', ')})`,
    ]
    const lines = `(SELECT CAST(value AS STRING) AS value, CAST(partition AS STRING) AS lane,
      offset AS position FROM kafka_range)`
    const after = new Map(ranges.map(({ lane, until }) => [lane, until]))
    return { setup, input: { lines, offsets: after, records } }
  }
}
