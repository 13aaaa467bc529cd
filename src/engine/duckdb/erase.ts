/**
 * Records of people who were erased: a batch leaves them out, counts them as `erased` and notes
 * where they lie, so that they are taken out of the log as well. The store gets nothing of them.
 */
import { IMPORT_LANE, type Slice } from '../../log/contract.ts'
import type { Place } from '../../log/files/erase_log.ts'
import { type Erased, SEARCHED_COLUMNS, SEARCHED_KINDS } from '../../model/erasure.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Connection } from './database.ts'
import { createRaw } from './silver.ts'
import { readRegistry } from './store.ts'

/** What the engine needs of erasures, beside being told to `renew`. */
export interface Erasing {
  readonly erased: Erased
  /**
   * Takes what is erased out of these places of the log, while nobody reads it. Throws nothing: it
   * says what went wrong, and answers whether it is done.
   */
  readonly sweep: (places: readonly Place[]) => Promise<'done' | 'failed'>
}

const TEXTS_AT_ONCE = 500

/** The keyed hash of a text, as `Erased` computes it. */
export function keyedHashSql({ inner, outer }: Erased['blocks'], text: string): string {
  const blob = (bytes: Buffer) => `unhex('${bytes.toString('hex')}')`
  return `sha256(${blob(outer)} || unhex(sha256(${blob(inner)} || encode(${text}))))`
}

interface NumberedSlice extends Slice {
  readonly first_line: number
  readonly last_line: number
}

/** The slices with their lines in `raw`; those of live segments share theirs. */
function numbered(slices: readonly Slice[]): readonly NumberedSlice[] {
  const live = slices
    .filter(({ format }) => format === 'ndjson')
    .reduce((sum, { count }) => sum + count, 0)
  let next = live + 1
  return slices.map((slice) => {
    if (slice.format === 'ndjson') return { ...slice, first_line: 1, last_line: live }
    const first_line = next
    next += slice.count
    return { ...slice, first_line, last_line: next - 1 }
  })
}

const within = ({ first_line, last_line }: NumberedSlice) =>
  `line BETWEEN ${first_line} AND ${last_line}`

/**
 * Writes the lines of `raw` that are of erased people to the temporary table `erased_lines`.
 * Answers how many there are. Costs next to nothing for what happened after the last erasure.
 */
export async function findErased(
  connection: Connection,
  slices: readonly Slice[],
  erased: Erased,
): Promise<number> {
  if (erased.until_ms.size === 0) return 0
  const imports = numbered(slices).filter(({ lane }) => lane.startsWith(IMPORT_LANE))
  const imported = imports.length > 0 ? `(${imports.map(within).join(' OR ')})` : 'FALSE'
  await connection.script([
    ...namedRows(erased, imported),
    `CREATE OR REPLACE TEMP TABLE erased_lines AS SELECT DISTINCT line
      FROM erasable JOIN erased_ids USING (id) WHERE time <= until`,
    `CREATE OR REPLACE TEMP TABLE erased_texts AS ${searchedTexts(erased, imported)}`,
    'DROP VIEW erasable',
    'DROP TABLE erased_ids',
  ])
  await searchTexts(connection, erased)
  const [counted] = await connection.rows('SELECT count(*) AS n FROM erased_lines')
  return Number(counted?.n)
}

const timestamp = (time_ms: number) => `make_timestamp(${Math.floor(time_ms) * 1_000})`

/**
 * `erasable`: lines with the ids that they name in columns, and when that was, in whole ms as texts
 * of records are compared. `erased_ids`: those ids that are erased.
 */
function namedRows(erased: Erased, imported: string): readonly string[] {
  const hashes = [...erased.until_ms].map(
    ([hash, until_ms]) => `(${quoteText(hash)}, ${timestamp(until_ms)})`,
  )
  // What an import does not say the time of may be as old as its file.
  const timeOf = (time: string) => `CASE
    WHEN ${imported} AND ${time} IS NOT DISTINCT FROM received_at THEN TIMESTAMP 'epoch'
    ELSE coalesce(date_trunc('millisecond', least(${time}, received_at)), TIMESTAMP 'epoch') END`
  return [
    `CREATE OR REPLACE TEMP VIEW erasable AS SELECT * FROM (
      SELECT line,
        CASE WHEN record = 'event' THEN ${timeOf('event_time')}
          ELSE ${timeOf('updated_at')} END AS time,
        unnest(CASE WHEN record = 'event'
          THEN [coalesce(anonymous_id, user_id, session_id), user_id]
          ELSE ["key", json_extract_string("row", '$.person_id')] END) AS id
      FROM raw WHERE record IN ('event', 'customers', 'identity'))
      WHERE time <= ${timestamp(erased.latest_ms)}`,
    `CREATE OR REPLACE TEMP TABLE erased_ids AS SELECT id, until
      FROM (SELECT DISTINCT id FROM erasable WHERE id IS NOT NULL)
      JOIN (VALUES ${hashes.join(', ')}) AS erasure(hash, until)
        ON hash = ${keyedHashSql(erased.blocks, 'id')}`,
  ]
}

/** Records that name nobody in a column; those of an import may be as old as its file. */
function searchedTexts(erased: Erased, imported: string): string {
  const kinds = SEARCHED_KINDS.map(quoteText).join(', ')
  const columns = SEARCHED_COLUMNS.map((column) => `CAST(${quoteName(column)} AS VARCHAR)`)
  return `SELECT line, CASE WHEN ${imported} THEN NULL ELSE epoch_ms(received_at) END AS time_ms,
      concat_ws(chr(10), ${columns.join(', ')}) AS text
    FROM raw WHERE record IN (${kinds})
      AND (${imported} OR received_at <= ${timestamp(erased.latest_ms)})`
}

async function searchTexts(connection: Connection, erased: Erased): Promise<void> {
  for (let after = 0; ; ) {
    const texts = await connection.rows(`SELECT * FROM erased_texts WHERE line > ${after}
      ORDER BY line LIMIT ${TEXTS_AT_ONCE}`)
    const found = texts.filter(({ text, time_ms }) => {
      return erased.isNamedIn(String(text), Number(time_ms ?? Number.NEGATIVE_INFINITY))
    })
    if (found.length > 0) {
      const lines = found.map(({ line }) => `(${line})`).join(', ')
      await connection.run(`INSERT INTO erased_lines VALUES ${lines}`)
    }
    if (texts.length < TEXTS_AT_ONCE) break
    after = Number(texts.at(-1)?.line)
  }
  await connection.run('DROP TABLE erased_texts')
}

/**
 * Makes the batch see erased records as such, and answers where in the log they lie; nowhere where
 * nobody was erased.
 */
export async function leaveOutErased(
  connection: Connection,
  slices: readonly Slice[],
  erased: Erased | undefined,
): Promise<readonly Place[]> {
  if (!erased || (await findErased(connection, slices, erased)) === 0) return []
  await connection.script([
    createRaw(slices, 'all_records').at(-1) ?? '',
    `CREATE OR REPLACE TEMP VIEW raw AS SELECT * EXCLUDE (is_erased) REPLACE (
        CASE WHEN is_erased THEN 'erased' ELSE record END AS record,
        CASE WHEN is_erased THEN record ELSE reason END AS reason)
      FROM (SELECT *, line IN (SELECT line FROM erased_lines) AS is_erased FROM all_records)`,
  ])
  const own = numbered(slices)
  const holds = own.map((slice, at) => `bool_or(${within(slice)}) AS holds_${at}`)
  const [row = {}] = await connection.rows(`SELECT ${holds.join(', ')} FROM erased_lines`)
  return own
    .filter((_, at) => row[`holds_${at}`] === true)
    .map(({ lane, first_position, count }) => ({ lane, first_position, count }))
}

/** What is kept of an erased record: that there was one, and its kind as the reason. */
export function insertErased(batch: number): string {
  return `INSERT INTO refused_records BY NAME
    SELECT 'erased' AS outcome, reason, source, received_at, ${batch} AS batch
    FROM raw WHERE record = 'erased'`
}

const UNSWEPT = 'unswept:'
const nameOf = (place: Place) => quoteText(UNSWEPT + JSON.stringify(place))

/** Remembers, with the batch, where the log still holds what is erased. */
export function insertUnswept(places: readonly Place[]): readonly string[] {
  return places.map((place) => `INSERT INTO registry VALUES (${nameOf(place)}, '')`)
}

function deleteUnswept(places: readonly Place[]): readonly string[] {
  return places.map((place) => `DELETE FROM registry WHERE name = ${nameOf(place)}`)
}

function unsweptIn(registry: ReadonlyMap<string, string>): readonly Place[] {
  return [...registry.keys()]
    .filter((name) => name.startsWith(UNSWEPT))
    .map((name) => JSON.parse(name.slice(UNSWEPT.length)) as Place)
}

/** Places that wait for a quiet moment to be swept; beyond, batches wait for that. */
const WAITING_MAX = 64

/** Where the log holds what none of the tables does, until it is taken out there too. */
export class Unswept {
  readonly #sweep: Erasing['sweep'] | undefined
  #places: readonly Place[] = []

  constructor(erasing: Erasing | undefined) {
    this.#sweep = erasing?.sweep
  }

  /** What batches of an earlier process left to do. */
  async read(writer: Connection): Promise<void> {
    this.#places = unsweptIn(await readRegistry(writer))
  }

  note(places: readonly Place[]): void {
    this.#places = [...this.#places, ...places]
  }

  /** Between batches. If it fails, it is tried again at the next occasion. */
  async sweepAfter(step: 'worked' | 'idle', writer: Connection): Promise<void> {
    if (!this.#sweep || this.#places.length === 0) return
    if (step === 'worked' && this.#places.length < WAITING_MAX) return
    if ((await this.#sweep(this.#places)) === 'failed') return
    await writer.script(deleteUnswept(this.#places))
    this.#places = []
  }
}
