/**
 * One micro-batch on Spark: it parses, dedupes and reduces what is new to partial states, all of it
 * as files in a folder of the batch; the store then takes these files in one transaction, with the
 * offsets. A folder that no transaction named is work to be done again, so a kill on either side
 * neither loses nor doubles.
 *
 *   DIR/silver/round=N/year=/month=/day=/*.parquet   the new events, kept; by the client's day
 *   DIR/partials/N/TABLE/*.parquet                   what else the store takes; removed after
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Offsets } from '../../log/contract.ts'
import { DIMENSIONS, type DimensionName } from '../../model/dimensions.ts'
import { events } from '../../model/events.ts'
import type { Columns } from '../../model/stream.ts'
import type { Group } from '../../plan/plan.ts'
import type { BatchContext, Position } from '../duckdb/position.ts'
import { stateTable } from '../duckdb/render_states.ts'
import { advance } from '../duckdb/watermark.ts'
import { sql } from './connect/relations.ts'
import type { SparkSession } from './connect/session.ts'
import { dimensionSql, ledgerSql, orderCopiesSql, refusedSql } from './render_facts.ts'
import { partialQueries } from './render_partials.ts'
import { itemsOf, rawSql, toldSql, verdictsSql } from './render_silver.ts'
import { sparkName, sparkText } from './words.ts'

/** What is new in the log, as Spark reads it. */
export interface SparkInput {
  /** A relation of value, lane and position. */
  readonly lines: string
  readonly offsets: Offsets
  readonly records: number
}

/** What a batch has left for the store. */
export interface SparkOutcome {
  readonly position: Position
  readonly records: number
  /** When the oldest live event was received; null when all of it is imported. */
  readonly oldest_ms: number | null
  /** Tables of the store, each with the files of its new rows; sessions' parts are among them. */
  readonly tables: ReadonlyMap<string, string>
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

const CLIENT_DAY = 'CAST(coalesce(client_time, event_time) AS DATE)'

export class SparkBatch {
  readonly #session: SparkSession
  readonly #directory: string
  readonly #context: BatchContext
  readonly #before: Position

  constructor(session: SparkSession, directory: string, context: BatchContext, before: Position) {
    this.#session = session
    this.#directory = directory
    this.#context = context
    this.#before = before
  }

  get #batch(): number {
    return this.#before.batch + 1
  }

  get #silver(): string {
    return join(this.#directory, 'silver')
  }

  get #partials(): string {
    return join(this.#directory, 'partials', String(this.#batch))
  }

  async #run(statement: string) {
    return this.#session.run(statement)
  }

  async run({ lines, offsets, records }: SparkInput): Promise<SparkOutcome> {
    const batch = this.#batch
    const fresh = join(this.#silver, `round=${batch}`)
    for (const folder of [fresh, this.#partials]) await rm(folder, { recursive: true, force: true })
    await mkdir(this.#partials, { recursive: true })
    await mkdir(this.#silver, { recursive: true })
    await this.#run(`CREATE OR REPLACE TEMP VIEW lines AS SELECT * FROM ${lines}`)
    await this.#cache('raw', rawSql('lines'))
    await this.#cache('verdicts', verdictsSql(`(${toldSql('raw')})`, await this.#known()))
    await this.#writeSilver(fresh)
    const tables = await this.#writePartials()
    const sources = advance(this.#before.sources, await this.#sourceTimes())
    const oldest_ms = await this.#oldest()
    await this.#run('UNCACHE TABLE IF EXISTS verdicts')
    await this.#run('UNCACHE TABLE IF EXISTS raw')
    const position = { ...this.#before, batch, offsets, sources }
    return { position, records, oldest_ms, tables }
  }

  async #cache(name: string, query: string): Promise<void> {
    await this.#run(`UNCACHE TABLE IF EXISTS ${name}`)
    await this.#run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${query}`)
    await this.#run(`CACHE TABLE ${name} OPTIONS ('storageLevel' 'MEMORY_AND_DISK_SER')`)
  }

  /** What silver knows of the days that the new events are of: a retry repeats its client time. */
  async #known(): Promise<string> {
    const none = `(SELECT CAST(NULL AS STRING) AS source, CAST(NULL AS STRING) AS event_id,
      CAST(NULL AS BIGINT) AS fingerprint WHERE FALSE)`
    if (!existsSync(this.#silver) || (await readdir(this.#silver)).length === 0) return none
    const days = await this.#run(`SELECT DISTINCT ${CLIENT_DAY} AS day FROM raw
      WHERE record = 'event'`)
    if (days.length === 0) return none
    const wanted = days.map(({ day }) => `DATE ${sparkText(String(day).slice(0, 10))}`)
    return `(SELECT source, event_id, CAST(fingerprint AS BIGINT) AS fingerprint
      FROM parquet.${sparkName(this.#silver)}
      WHERE round <= ${this.#before.batch}
        AND make_date(year, month, day) IN (${wanted.join(', ')}))`
  }

  async #writeSilver(fresh: string): Promise<void> {
    const day = CLIENT_DAY
    const columns = [...STORED.map(asKept), 'items', 'id_hash', 'fingerprint']
    await this.#run(`CREATE OR REPLACE TEMP VIEW silver_rows AS SELECT ${columns.join(', ')},
      CAST(${this.#batch} AS BIGINT) AS batch,
      year(${day}) AS year, month(${day}) AS month, day(${day}) AS day
      FROM verdicts WHERE verdict = 'stored'`)
    await this.#session.write({
      input: sql('SELECT * FROM silver_rows'),
      format: 'parquet',
      mode: 'overwrite',
      to: { path: fresh },
      partitionBy: ['year', 'month', 'day'],
    })
    const moments = [...STORED.map(asMoment), 'items']
    const [stored] = await this.#run("SELECT count(*) AS n FROM verdicts WHERE verdict = 'stored'")
    const none = Number(stored?.n) === 0
    await this.#run(
      `CREATE OR REPLACE TEMP VIEW fresh AS ${
        none
          ? `SELECT ${STORED.map(sparkName).join(', ')}, items FROM verdicts WHERE FALSE`
          : `SELECT ${moments.join(', ')} FROM parquet.${sparkName(fresh)}`
      }`,
    )
  }

  /** Writes all that the store takes; which table's rows are where. */
  async #writePartials(): Promise<ReadonlyMap<string, string>> {
    const { plan, settings } = this.#context
    const queries: [string, string][] = plan.groups.flatMap((group) => this.#groupQueries(group))
    const late = new Map(
      [...this.#before.sources].map(([source, time_us]) => {
        return [source, time_us - settings.late_ms * 1_000] as const
      }),
    )
    queries.push(
      ['order_copies', orderCopiesSql('fresh', this.#batch)],
      ['refused_records', refusedSql('raw', 'verdicts', this.#batch)],
      ['ledger_counts', ledgerSql('raw', 'verdicts', late, this.#batch)],
      ...(Object.keys(DIMENSIONS) as DimensionName[]).map((name): [string, string] => [
        `dimension_${name}`,
        dimensionSql(name, 'raw', this.#batch),
      ]),
    )
    const waiting = [...queries]
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await this.#write(...next)
    }
    await Promise.all(Array.from({ length: QUERIES_MAX }, work))
    return new Map(queries.map(([table]) => [table, join(this.#partials, table)]))
  }

  #groupQueries(group: Group): [string, string][] {
    const relation = group.from.name === 'items' ? itemsOf('fresh') : 'fresh'
    const { time_zone } = this.#context.settings
    return partialQueries(group, relation, this.#batch, time_zone).map(({ part, sql }) => [
      stateTable(group, part).replaceAll('"', ''),
      sql,
    ])
  }

  async #write(table: string, query: string): Promise<void> {
    const folder = sparkText(join(this.#partials, table))
    await this.#run(`INSERT OVERWRITE DIRECTORY ${folder} USING parquet ${query}`)
  }

  /** What the store has taken is in it. */
  async removePartials(): Promise<void> {
    await rm(this.#partials, { recursive: true, force: true })
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
