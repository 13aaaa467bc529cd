/**
 * Moves stored events of days long past from the database to Parquet files, some hundred thousand
 * at a time. A file is written and synced beside the batches; one transaction then deletes the
 * rows, names the file and keeps the hashes by which copies of these events are known for ever.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dayFolder } from '../../log/files/archive_name.ts'
import { createDirectory } from '../../log/files/directory.ts'
import { fileChecksum } from '../../log/files/file_checksum.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Row, Store } from '../contract.ts'
import { PARQUET_OPTIONS } from './archive_records.ts'
import { type Connection, transaction } from './database.ts'
import type { AloneWork } from './engine_options.ts'
import { createStoredEvents, type EventFile, eventFileName, eventFiles } from './event_files.ts'
import { SILVER_COLUMNS } from './schema.ts'
import { ID_CHECK } from './silver.ts'

/** Rows of one file: what one round takes, and how long the transaction may last. */
const ROWS_MAX = 200_000
/** A day that has a file gets a further one for so many late events; until then they wait. */
const FURTHER_ROWS_MIN = 1_000
const DAY_US = 86_400_000_000

/** Events of a day or a part of it: those of times [from, to) up to and with a batch. */
export interface EventRange {
  readonly from_us: number
  readonly to_us: number
  readonly batch: number
  readonly rows: number
}

/** What the engine lends: its readers, and its writer between batches. */
export interface ArchivingEngine {
  readonly store: Store
  alone<T>(work: AloneWork<T>): Promise<T>
  aloneAndUnread<T>(work: AloneWork<T>): Promise<T>
}

const rowsOf = ({ from_us, to_us, batch }: EventRange) => `FROM silver_events
  WHERE event_time >= make_timestamp(${from_us}) AND event_time < make_timestamp(${to_us})
    AND batch <= ${batch}`

const NAMES = Object.keys(SILVER_COLUMNS).map(quoteName).join(', ')

/** The days that have events to move, by their beginning in us, and how many rows that is. */
export async function daysDue(
  store: Store,
  before_ms: number,
  batch: number,
): Promise<readonly { readonly day_us: number; readonly rows: number }[]> {
  const rows = await store.rows(`SELECT epoch_us(day) AS day_us, n FROM (
      SELECT date_trunc('day', event_time) AS day, count(*) AS n FROM silver_events
      WHERE event_time < make_timestamp(${Math.floor(before_ms) * 1_000}) AND batch <= ${batch}
      GROUP BY ALL)
    WHERE n >= ${FURTHER_ROWS_MIN} OR CAST(day AS DATE) NOT IN (SELECT day FROM event_files)
    ORDER BY day`)
  return rows.map(({ day_us, n }) => ({ day_us: Number(day_us), rows: Number(n) }))
}

/** The first rows of a day: as many as a file may hold. */
async function firstRange(store: Store, day_us: number, batch: number): Promise<EventRange> {
  const day = { from_us: day_us, to_us: day_us + DAY_US, batch, rows: 0 }
  const [cut] = await store.rows(`SELECT epoch_us(event_time) AS us ${rowsOf(day)}
    ORDER BY event_time LIMIT 1 OFFSET ${ROWS_MAX}`)
  const [first] = await store.rows(`SELECT epoch_us(min(event_time)) AS us ${rowsOf(day)}`)
  const from_us = Number(first?.us)
  // Where very many share one time, they stay together.
  const to_us = cut ? Math.max(Number(cut.us), from_us + 1) : day.to_us
  const range = { ...day, from_us, to_us }
  const [counted] = await store.rows(`SELECT count(*) AS n ${rowsOf(range)}`)
  return { ...range, rows: Number(counted?.n) }
}

/** Moves one file's worth of events; null when there are none before this time. */
export async function moveEvents(
  engine: ArchivingEngine,
  directory: string,
  before_ms: number,
): Promise<EventFile | null> {
  // Sessions have not taken in what came after that.
  const { writer, batch } = await engine.alone(async (connection, _, { settled }) => {
    return { writer: connection, batch: settled.batch }
  })
  const [day] = await daysDue(engine.store, before_ms, batch)
  if (!day) return null
  const range = await firstRange(engine.store, day.day_us, batch)
  const file = await writeFile(engine.store, directory, range)
  // Tricky: beside a checkpoint a reader could take the view from before this and the rows from
  // after it, or the other way round; so nobody reads until it is checkpointed.
  const isKept = await engine.aloneAndUnread(async (connection) => {
    // Another store has been opened since, of which nothing is known.
    if (connection !== writer) return false
    await keep(connection, directory, range, file)
    await connection.run('CHECKPOINT')
    return true
  })
  if (isKept) return file
  await rm(join(directory, file.path), { force: true })
  return null
}

async function writeFile(store: Store, directory: string, range: EventRange): Promise<EventFile> {
  const day_ms = Math.floor(range.from_us / 1_000)
  const folder = dayFolder(day_ms)
  const draft = join(directory, folder, 'draft-1')
  await createDirectory(realFiles, join(directory, folder))
  await rm(draft, { force: true })
  try {
    const select = `SELECT ${NAMES} ${rowsOf(range)}`
    await store.rows(
      `COPY (${select} ORDER BY event_time) TO ${quoteText(draft)} (${PARQUET_OPTIONS})`,
    )
    const due = await contentOf(store, select)
    const read = await contentOf(store, `SELECT ${NAMES} FROM read_parquet(${quoteText(draft)})`)
    if (due !== read || !due.startsWith(`${range.rows} `)) {
      throw new Error(`${draft} reads other events than were written: ${due} and ${read}`)
    }
    const { bytes, checksum } = await synced(draft)
    const path = join(folder, eventFileName(range.batch, range.from_us, checksum))
    await rename(draft, join(directory, path))
    await realFiles.syncDirectory(join(directory, folder))
    const day = new Date(day_ms).toISOString().slice(0, 10)
    return { path, day, rows: range.rows, bytes }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Says the same of the same events only, in whatever order. */
async function contentOf(store: Store, rows: string): Promise<string> {
  const [row]: readonly Row[] = await store.rows(
    `SELECT count(*) || ' rows, ' || sum(hash(${NAMES})) AS said FROM (${rows})`,
  )
  return String(row?.said)
}

async function synced(path: string): Promise<{ bytes: number; checksum: number }> {
  const file = await realFiles.open(path, 'change')
  try {
    await file.sync()
    const bytes = await file.size()
    return { bytes, checksum: await fileChecksum(file, bytes) }
  } finally {
    await file.close()
  }
}

/** From here on the events are read from the file. */
async function keep(
  writer: Connection,
  directory: string,
  range: EventRange,
  file: EventFile,
): Promise<void> {
  const { path, day, rows, bytes } = file
  await transaction(writer, 'COMMIT', async () => {
    await writer.run(`INSERT INTO archived_ids
      SELECT id_hash, ${ID_CHECK}, fingerprint ${rowsOf(range)}`)
    const deleted = await writer.run(`DELETE ${rowsOf(range)}`)
    if (deleted !== rows) throw new Error(`${deleted} of ${rows} events were there to be archived`)
    await writer.run(`INSERT INTO event_files
      VALUES (${quoteText(path)}, DATE '${day}', ${rows}, ${bytes})`)
    const files = await eventFiles(writer)
    await writer.run(
      createStoredEvents(
        directory,
        files.map((one) => one.path),
      ),
    )
  })
}
