/** Upserts of dimensions, appended as told; the latest one is chosen when presented. */
import { DIMENSIONS } from '../../model/dimensions.ts'
import type { Columns } from '../../model/stream.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'

/** Appends the dimension records of `raw`. A field that has the wrong type becomes null. */
export function insertDimensions(batch: number): readonly string[] {
  return Object.entries(DIMENSIONS).map(([name, { stream, key }]) => {
    const told: Columns = stream.declaration.columns
    const columns = Object.entries(told).map(([column, { type }]) => {
      if (column === key) return '"key"'
      if (column === 'updated_at') return 'coalesce(updated_at, received_at)'
      const path = quoteText(`$.${column}`)
      if (type === 'json') return `json_extract("row", ${path})`
      return `TRY_CAST(json_extract_string("row", ${path}) AS ${DUCKDB_TYPES[type]})`
    })
    return `INSERT INTO ${quoteName(`dimension_${name}`)}
      SELECT ${columns.join(', ')}, source, ${batch} FROM raw WHERE record = '${name}'`
  })
}
