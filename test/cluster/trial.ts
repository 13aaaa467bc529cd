/** A cluster for one test file: a run folder and ports of its own, all of it gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { down } from '../../deploy/cluster/cluster.ts'
import { type PartStatus, statusOf } from '../../deploy/cluster/status.ts'
import { connect } from '../../src/engine/spark/connect/connect.ts'
import { read, sql, sqlOver } from '../../src/engine/spark/connect/relations.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'

export const quiet = (): void => undefined

/** The folder; whatever runs in it is ended after the file's tests. */
export function trialFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-cluster-'))
  after(async () => {
    await down(folder, 'wipe', quiet)
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

export async function partIn(folder: string, name: string): Promise<PartStatus> {
  const found = (await statusOf(folder)).parts.find((part) => part.name === name)
  if (!found) throw new Error(`there is no ${name} in ${folder}`)
  return found
}

/** Does the work in a session of its own. */
export async function withSpark<T>(
  port: number,
  work: (session: SparkSession) => Promise<T>,
): Promise<T> {
  const session = await connect(`sc://127.0.0.1:${port}`)
  try {
    return await work(session)
  } finally {
    await session.release()
  }
}

/** Keys and values are the numbers from `first` on. */
export async function writeNumbers(
  session: SparkSession,
  brokers: string,
  topic: string,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<void> {
  const numbers = 'SELECT CAST(id AS STRING) AS key, CAST(id AS STRING) AS value'
  await session.write({
    input: sql(`${numbers} FROM range(${first}, ${first + count})`),
    format: 'kafka',
    mode: 'append',
    options: { 'kafka.bootstrap.servers': brokers, topic },
  })
}

export function numbersOf(brokers: string, topic: string) {
  const options = { 'kafka.bootstrap.servers': brokers, subscribe: topic }
  return { format: 'kafka', options: { ...options, startingOffsets: 'earliest' } }
}

/** How many there are in a topic, and their sum. */
export async function countNumbers(session: SparkSession, brokers: string, topic: string) {
  const query = 'SELECT count(*) AS n, sum(CAST(CAST(value AS STRING) AS INT)) AS total FROM topic'
  const [row] = await session.collect(sqlOver(query, { topic: read(numbersOf(brokers, topic)) }))
  return { n: Number(row?.n), total: Number(row?.total) }
}
