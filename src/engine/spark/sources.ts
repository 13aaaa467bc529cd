/**
 * How Spark reads what is new in the log: where the log is files, the slices that its reader gives;
 * where it is Kafka, a range of offsets that Spark fetches itself, each partition by a task of its
 * own, so that no event passes through this process.
 */
import type { Log, Offsets, RecordRange, Slice } from '../../log/contract.ts'
import type { KafkaAddress } from '../../log/kafka/address.ts'
import { sparkName, sparkText } from './words.ts'

/** What is new in the log, as Spark reads it. */
export interface SparkInput {
  /** What to run before. */
  readonly setup: readonly string[]
  /** A relation of value (the record as JSON), lane and position. */
  readonly lines: string
  /** What the relation must hold, whole. */
  readonly ranges: readonly RecordRange[]
  /** Where the records lie, for messages. */
  readonly place: { readonly files: true } | { readonly topic: string }
}

export interface SparkSource {
  /** Null when nothing is durable beyond the offsets. */
  next(offsets: Offsets, records_max: number): Promise<SparkInput | null>
}

/** Of Kafka where there is a topic; the brokers must be reached by Spark as they are from here. */
export function sparkSource(log: Log, topic: KafkaAddress | null): SparkSource {
  return topic ? new KafkaRangeSource(log, topic) : new SliceSource(log)
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

const NOTHING = `SELECT CAST(NULL AS STRING) AS value, CAST(NULL AS STRING) AS lane,
  CAST(NULL AS BIGINT) AS position WHERE FALSE`

class SliceSource implements SparkSource {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  async next(offsets: Offsets, records_max: number): Promise<SparkInput | null> {
    const slices = await this.#log.read(offsets, { records_max, bytes_max: BYTES_MAX })
    if (slices.length === 0) return null
    const filled = slices.filter(({ count }) => count > 0).map(sliceLines)
    const lines = `(${[NOTHING, ...filled].join(' UNION ALL ')})`
    return { setup: [], lines, ranges: slices, place: { files: true } }
  }
}

/**
 * How long a task waits for a broker. Spark's own bound is two minutes, in which nobody would say
 * that Kafka is away.
 */
const POLL_MS_MAX = 20_000

class KafkaRangeSource implements SparkSource {
  readonly #log: Log
  readonly #topic: KafkaAddress

  constructor(log: Log, topic: KafkaAddress) {
    this.#log = log
    this.#topic = topic
  }

  async next(offsets: Offsets, records_max: number): Promise<SparkInput | null> {
    const ranges = (await this.#log.ranges?.(offsets, records_max)) ?? []
    if (ranges.length === 0) return null
    const { brokers, topic } = this.#topic
    const filled = ranges.filter(({ count }) => count > 0)
    const place = { topic }
    if (filled.length === 0) return { setup: [], lines: `(${NOTHING})`, ranges, place }
    const bounds = (of: (range: RecordRange) => number) =>
      JSON.stringify({
        [topic]: Object.fromEntries(filled.map((range) => [range.lane, of(range)])),
      })
    const partitions = filled.map(({ lane }) => Number(lane))
    const options = {
      'kafka.bootstrap.servers': brokers.join(','),
      assign: JSON.stringify({ [topic]: partitions }),
      startingOffsets: bounds(({ first_position }) => first_position),
      endingOffsets: bounds(({ first_position, count }) => first_position + count),
      failOnDataLoss: 'true',
      'kafkaConsumer.pollTimeoutMs': String(POLL_MS_MAX),
      'kafka.default.api.timeout.ms': String(POLL_MS_MAX),
      'kafka.request.timeout.ms': String(POLL_MS_MAX / 2),
    }
    const told = Object.entries(options).map(
      ([name, value]) => `${sparkText(name)} ${sparkText(value)}`,
    )
    const setup = [
      `CREATE OR REPLACE TEMPORARY VIEW kafka_range USING kafka OPTIONS (${told.join(', ')})`,
    ]
    const lines = `(SELECT CAST(value AS STRING) AS value, CAST(partition AS STRING) AS lane,
      offset AS position FROM kafka_range)`
    return { setup, lines, ranges, place }
  }
}
