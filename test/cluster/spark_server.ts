/** The Spark server that the tests ask: the one of `SPARK_CONNECT`, or of `npm run cluster:up`. */
import { resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { statusOf } from '../../deploy/cluster/status.ts'
import { type ConnectOptions, connect } from '../../src/engine/spark/connect/connect.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'

const FOLDER = resolve(process.env.CLICKPATH_CLUSTER_DIR ?? '.cluster')

/** `sc://host:port`, if there is one. */
export const SPARK: string | undefined = process.env.SPARK_CONNECT ?? (await ofCluster())

async function ofCluster(): Promise<string | undefined> {
  const { parts, spark } = await statusOf(FOLDER)
  const runs = parts.some(({ name, state }) => name === 'spark-connect' && state === 'running')
  return runs ? (spark ?? undefined) : undefined
}

/** For `test(name, NEEDS_SPARK, ...)`. */
export const NEEDS_SPARK = {
  skip: SPARK ? false : 'no Spark server: npm run cluster:up, or set SPARK_CONNECT=sc://host:port',
}

/** The same where a broker is named, too: by CLICKPATH_TEST_KAFKA, host:port. */
export const NEEDS_KAFKA_AND_SPARK = {
  skip: process.env.CLICKPATH_TEST_KAFKA ? NEEDS_SPARK.skip : 'no broker: npm run test:cluster',
}

/** A session of its own, ended with the test. */
export async function sparkSession(
  t: TestContext,
  options: ConnectOptions & { readonly address?: string } = {},
): Promise<SparkSession> {
  const session = await connect(options.address ?? SPARK ?? '', options)
  t.after(() => session.release().catch(() => session.close()))
  await session.setConfig({
    'spark.sql.session.timeZone': 'UTC',
    // Each part is a task, and a task costs more than the tests' few rows.
    'spark.sql.shuffle.partitions': '2',
  })
  return session
}
