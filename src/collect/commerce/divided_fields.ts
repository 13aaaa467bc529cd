/** Tells the fields that are read by one table from those that are read by another. */
import type { FieldTable } from '../fields.ts'

export interface DividedFields {
  /** The fields that stand in the table. */
  readonly known: Readonly<Record<string, unknown>>
  readonly others: Readonly<Record<string, unknown>>
}

/** Divides what was sent by whether a table has a column for it. */
export function divideFields(sent: object, table: FieldTable): DividedFields {
  const entries = Object.entries(sent)
  return {
    known: Object.fromEntries(entries.filter(([name]) => table.has(name))),
    others: Object.fromEntries(entries.filter(([name]) => !table.has(name))),
  }
}
