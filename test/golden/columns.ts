import type { Row } from '../../src/engine/contract.ts'
import { COLUMNS, type OracleTable, type TableColumns } from '../oracle/columns.ts'

/** The oracle's columns of a table, but for those that the expected rows leave out. */
export function columnsIn(name: OracleTable, [row]: readonly Row[]): TableColumns {
  const { identity, columns }: TableColumns = COLUMNS[name]
  const due = Object.fromEntries(Object.entries(columns).filter(([column]) => row && column in row))
  return {
    identity: identity === 'all' ? 'all' : identity.filter((column) => column in due),
    columns: due,
  }
}
