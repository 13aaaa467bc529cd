/** Online Retail (UCI) as customers' invoices: the rows of the file, put together by hand. */
import { DuckDBInstance } from '@duckdb/node-api'
import type { Act } from './retention.ts'

interface Line {
  readonly invoice: string
  readonly customer: string | null
  /** As the file has it: `12/1/10 8:26`, month first, by the clock of London. */
  readonly date: string
  readonly value: number
}

/** DuckDB reads the rows and does nothing else. */
async function readLines(file: string): Promise<readonly Line[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(
    `SELECT InvoiceNo::VARCHAR AS invoice, CustomerID::VARCHAR AS customer,
      InvoiceDate::VARCHAR AS date, (Quantity * UnitPrice)::DOUBLE AS value
    FROM read_parquet($file)`,
    { file },
  )
  const lines = reader.getRowObjects() as unknown as Line[]
  connection.closeSync()
  instance.closeSync()
  return lines
}

function isoDate(text: string): string {
  const [month = '', day = '', year = ''] = text.split(' ')[0]?.split('/') ?? []
  return `20${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

export interface Invoices {
  /** Invoices of known customers, credit notes left out. */
  readonly acts: readonly Act[]
  /** How many invoices name no customer. */
  readonly guests: number
}

export async function customersInvoices(file: string): Promise<Invoices> {
  const invoices = [...Map.groupBy(await readLines(file), ({ invoice }) => invoice).values()]
  const isSale = (lines: readonly Line[]) =>
    lines.reduce((sum, { value }) => sum + value, 0) > -1e-9
  const sales = invoices.filter(isSale)
  const acts = sales.flatMap((lines): Act[] => {
    const person = lines.find(({ customer }) => customer !== null)?.customer
    // A few invoices were written over the turn of a minute; the order is as old as its first line.
    const date = lines.map((line) => isoDate(line.date)).toSorted()[0] ?? ''
    return person ? [{ person, date, begins: true, returns: true }] : []
  })
  return { acts, guests: sales.length - acts.length }
}
