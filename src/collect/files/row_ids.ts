/**
 * The ids of rows that bring none of their own. `row`: the file's content and the row's number, so
 * the same file gives the same ids, in the order of its rows. `content`: the row's content and how
 * many times it has come in the file, so that files which overlap share the ids of common rows.
 */
import type { Scratch } from './scratch.ts'

export type EventIdMode = 'row' | 'content'
export const EVENT_ID_MODES: readonly EventIdMode[] = ['row', 'content']

const IDENTITY_DIGITS = 16
const ROW_DIGITS = 12
const OCCURRENCE_DIGITS = 6

/** How a SELECT finds the ids of the piece at hand. */
export interface RowIds {
  /** The cells, under their own names, with what `expression` needs. */
  readonly relation: string
  readonly expression: string
}

/** Ids by row: `first_row` is the number of rows before the piece. */
export function idsByRow(sha256: string, first_row: number): RowIds {
  const number = `lpad(CAST(row_at + ${first_row + 1} AS VARCHAR), ${ROW_DIGITS}, '0')`
  const identity = sha256.slice(0, IDENTITY_DIGITS)
  return { relation: 'cells', expression: `'${identity}-' || ${number}` }
}

/**
 * Ids by content. `seen` holds the hash of every row so far, 16 bytes each, and spills to disk.
 * Pieces must be told in the order of the file, each once, also those that are not written again.
 */
export class Occurrences {
  readonly #scratch: Scratch

  private constructor(scratch: Scratch) {
    this.#scratch = scratch
  }

  static async open(scratch: Scratch): Promise<Occurrences> {
    await scratch.run('CREATE TABLE seen (hash UHUGEINT)')
    return new Occurrences(scratch)
  }

  /** `content` is the text that makes a row what it is. */
  async ids(content: string): Promise<RowIds> {
    await this.#scratch.run(`CREATE OR REPLACE TEMP TABLE hashed AS
      SELECT row_at AS hashed_at, md5_number(${content}) AS hash FROM cells`)
    await this.#scratch.run(`CREATE OR REPLACE TEMP TABLE occurrences AS
      SELECT hashed_at, hash,
        row_number() OVER (PARTITION BY hash ORDER BY hashed_at) + coalesce(before, 0) AS occurrence
      FROM hashed LEFT JOIN (
        SELECT hash, count(*) AS before FROM seen WHERE hash IN (SELECT hash FROM hashed)
        GROUP BY hash) USING (hash)`)
    await this.#scratch.run('INSERT INTO seen SELECT hash FROM hashed')
    const nth = `lpad(CAST(occurrence AS VARCHAR), ${OCCURRENCE_DIGITS}, '0')`
    return {
      relation: 'cells JOIN occurrences ON row_at = hashed_at',
      expression: `format('{:032x}', hash) || '-' || ${nth}`,
    }
  }
}
