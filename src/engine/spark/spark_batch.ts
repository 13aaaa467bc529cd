/**
 * One try of a micro-batch on Spark: it parses, dedupes and reduces what is new to partial states,
 * all of it as files in a folder of this try; the store then takes these files in one transaction,
 * with the offsets. What no transaction named is work to be done again, so a kill on either side
 * neither loses nor doubles.
 *
 *   ATTEMPT/silver/year=/month=/day=/*.parquet   the new events, by the client's day
 *   ATTEMPT/partials/TABLE/*.parquet             what else the store takes
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordRange } from '../../log/contract.ts'
import { DIMENSIONS, type DimensionName } from '../../model/dimensions.ts'
import { events } from '../../model/events.ts'
import type { Columns } from '../../model/stream.ts'
import type { Group } from '../../plan/plan.ts'
import { lostIn } from '../duckdb/batch.ts'
import type { BatchContext, Position } from '../duckdb/position.ts'
import { stateTable } from '../duckdb/render_states.ts'
import { advance } from '../duckdb/watermark.ts'
import { requireWhole } from './completeness.ts'
import { read, sql } from './connect/relations.ts'
import type { SparkSession } from './connect/session.ts'
import { dimensionSql, ledgerSql, orderCopiesSql, refusedSql } from './render_facts.ts'
import { partialQueries } from './render_partials.ts'
import { itemsOf, rawSql, toldSql, verdictsSql } from './render_silver.ts'
import type { SilverFiles } from './silver_files.ts'
import type { SparkInput } from './sources.ts'
import { CLIENT_DAY, DAY_COLUMNS, sparkName, sparkText } from './words.ts'

/** What a batch has left for the store. */
export interface SparkOutcome {
  readonly position: Position
  readonly records: number
  /** Records that were given up, before the ones that were read. */
  readonly lost: number
  /** When the oldest live event was received; null when all of it is imported. */
  readonly oldest_ms: number | null
  /** The folder of the new events, and how many they are. */
  readonly silver: string
  readonly stored: number
  /** Tables of the store, each with the files of its new rows; sessions' parts are among them. */
  readonly tables: ReadonlyMap<string, string>
}

export interface SparkWork {
  readonly session: SparkSession
  readonly context: BatchContext
  readonly before: Position
  readonly input: SparkInput
  readonly silver: SilverFiles
  /** A folder of this try alone. */
  readonly attempt: string
  /** `input.lines`, perhaps without some of them. */
  readonly lines: string
  /** Whether all that the ranges name must be there: not so in a trial of some of the lines. */
  readonly extent: 'whole' | 'some'
}

/** Queries that Spark works on at once: one leaves its cores idle at its ends. */
const QUERIES_MAX = 3

const eventColumns: Columns = events.declaration.columns
const STORED = Object.keys(eventColumns)

/** Times stand in files as the store has them; in queries they are moments. */
const asKept = (name: string) =>
  eventColumns[name]?.type === 'timestamp'
    ? `CAST(${sparkName(name)} AS TIMESTAMP_NTZ) AS ${sparkName(name)}`
    : sparkName(name)
const asMoment = (name: string) =>
  eventColumns[name]?.type === 'timestamp'
    ? `CAST(${sparkName(name)} AS TIMESTAMP) AS ${sparkName(name)}`
    : sparkName(name)

const VIEWS_CACHED = ['verdicts', 'raw'] as const

export class SparkBatch {
  readonly #work: SparkWork
  readonly #batch: number

  constructor(work: SparkWork) {
    this.#work = work
    this.#batch = work.before.batch + 1
  }

  async #run(statement: string) {
    return this.#work.session.run(statement)
  }

  /** What it has cached is freed, also where it fails. */
  async run(): Promise<SparkOutcome> {
    try {
      return await this.#compute()
    } finally {
      await uncache(this.#work.session)
    }
  }

  async #compute(): Promise<SparkOutcome> {
    const { before, input, attempt, lines, extent } = this.#work
    const { ranges } = input
    await mkdir(join(attempt, 'partials'), { recursive: true })
    for (const statement of input.setup) await this.#run(statement)
    await this.#view('lines', `SELECT * FROM ${lines}`)
    await this.#cache('raw', rawSql('lines'))
    if (extent === 'whole') await requireWhole(this.#work.session, input)
    await this.#readKnown()
    await this.#cache('verdicts', verdictsSql(`(${toldSql('raw')})`, 'known'))
    const silver = join(attempt, 'silver')
    const stored = await this.#writeSilver(silver)
    const tables = await this.#writePartials()
    const sources = advance(before.sources, await this.#sourceTimes())
    const oldest_ms = await this.#oldest()
    const position = { ...before, ...reached(before, ranges), batch: this.#batch, sources }
    const records = ranges.reduce((sum, { count }) => sum + count, 0)
    const lost = lostIn(ranges, before.offsets)
    return { position, records, lost, oldest_ms, silver, stored, tables }
  }

  /**
   * Tricky: a view by CREATE VIEW is analysed anew by each query that names it, files listed and
   * their columns read from them each time; this one is analysed once.
   */
  async #view(name: string, query: string): Promise<void> {
    await this.#work.session.createView(name, sql(query))
  }

  async #cache(name: string, query: string): Promise<void> {
    await this.#view(name, query)
    await this.#run(`CACHE TABLE ${name} OPTIONS ('storageLevel' 'MEMORY_AND_DISK_SER')`)
  }

  /** What silver knows of the days that the new events are of: a retry repeats its client time. */
  async #readKnown(): Promise<void> {
    const { session, silver, before } = this.#work
    const rows = await this.#run(`SELECT DISTINCT ${CLIENT_DAY} AS day FROM raw
      WHERE record = 'event'`)
    const days = rows.map(({ day }) => String(day).slice(0, 10))
    const paths = await silver.ofDays(days, before.batch)
    const schema = 'source STRING, event_id STRING, fingerprint BIGINT'
    const none = `SELECT CAST(NULL AS STRING) AS source, CAST(NULL AS STRING) AS event_id,
      CAST(NULL AS BIGINT) AS fingerprint WHERE FALSE`
    const known = paths.length > 0 ? read({ format: 'parquet', schema, paths }) : sql(none)
    await session.createView('known', known)
  }

  /** How many events are new. */
  async #writeSilver(folder: string): Promise<number> {
    const columns = [...STORED.map(asKept), 'items', 'id_hash', 'fingerprint']
    const rows = `SELECT ${columns.join(', ')}, CAST(${this.#batch} AS BIGINT) AS batch,
      ${DAY_COLUMNS} FROM verdicts WHERE verdict = 'stored'`
    const [counted] = await this.#run("SELECT count(*) AS n FROM verdicts WHERE verdict = 'stored'")
    const stored = Number(counted?.n)
    if (stored > 0) {
      await this.#work.session.write({
        input: sql(rows),
        format: 'parquet',
        mode: 'overwrite',
        to: { path: folder },
        partitionBy: ['year', 'month', 'day'],
      })
    }
    const moments = [...STORED.map(asMoment), 'items']
    const fresh =
      stored > 0
        ? `SELECT ${moments.join(', ')} FROM parquet.${sparkName(folder)}`
        : `SELECT ${STORED.map(sparkName).join(', ')}, items FROM verdicts WHERE FALSE`
    await this.#view('fresh', fresh)
    return stored
  }

  /** Writes all that the store takes; which table's rows are where. */
  async #writePartials(): Promise<ReadonlyMap<string, string>> {
    const { context, before, attempt } = this.#work
    const { plan, settings } = context
    const queries: [string, string][] = plan.groups.flatMap((group) => this.#groupQueries(group))
    const late = new Map(
      [...before.sources].map(([source, time_us]) => {
        return [source, time_us - settings.late_ms * 1_000] as const
      }),
    )
    queries.push(
      ['order_copies', orderCopiesSql('fresh')],
      ['refused_records', refusedSql('raw', 'verdicts')],
      ['ledger_counts', ledgerSql('raw', 'verdicts', late)],
      ...(Object.keys(DIMENSIONS) as DimensionName[]).map((name): [string, string] => [
        `dimension_${name}`,
        dimensionSql(name, 'raw'),
      ]),
    )
    const waiting = [...queries]
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await this.#write(...next)
    }
    await Promise.all(Array.from({ length: QUERIES_MAX }, work))
    return new Map(queries.map(([table]) => [table, join(attempt, 'partials', table)]))
  }

  #groupQueries(group: Group): [string, string][] {
    const relation = group.from.name === 'items' ? itemsOf('fresh') : 'fresh'
    const { time_zone } = this.#work.context.settings
    return partialQueries(group, relation, time_zone).map(({ part, sql }) => [
      stateTable(group, part).replaceAll('"', ''),
      sql,
    ])
  }

  async #write(table: string, query: string): Promise<void> {
    const folder = sparkText(join(this.#work.attempt, 'partials', table))
    await this.#run(`INSERT OVERWRITE DIRECTORY ${folder} USING parquet ${query}`)
  }

  async #oldest(): Promise<number | null> {
    const [row] = await this.#run(`SELECT unix_millis(min(received_at)) AS ms FROM raw
      WHERE record = 'event' AND NOT (origin <=> 'import')`)
    return row?.ms === null || row === undefined ? null : Number(row.ms)
  }

  async #sourceTimes(): Promise<readonly (readonly [string, number])[]> {
    const rows = await this.#run(
      'SELECT source, unix_micros(max(event_time)) AS time_us FROM fresh GROUP BY source',
    )
    return rows.map(({ source, time_us }) => [String(source), Number(time_us)] as const)
  }
}

/** Frees what batches of the session have cached; where it cannot be asked, nothing. */
export async function uncache(session: SparkSession): Promise<void> {
  for (const view of VIEWS_CACHED) {
    await session.run(`UNCACHE TABLE IF EXISTS ${view}`).catch(() => undefined) // It is gone, then.
  }
}

function reached(
  { offsets, writers }: Position,
  ranges: readonly RecordRange[],
): Pick<Position, 'offsets' | 'writers'> {
  const after = new Map(offsets)
  const wrote = new Map(writers)
  for (const { lane, first_position, count, writers: by } of ranges) {
    after.set(lane, first_position + count)
    if (by !== undefined) wrote.set(lane, by)
  }
  return { offsets: after, writers: wrote }
}
