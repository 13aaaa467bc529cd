/** Whether a Spark server could compute batches: asked by the doctor, and nothing is computed. */
import type { KafkaAddress } from '../../log/kafka/address.ts'
import { connect } from './connect/connect.ts'
import { sparkFailure } from './failures.ts'
import { sparkName } from './words.ts'

const BOUNDS = { connect_ms_max: 5_000, retry_ms_max: 5_000 }

/**
 * `file` holds a line. Throws `SPARK_AWAY` where nobody answers, `SPARK_UNFIT` where it cannot read
 * Kafka and is to.
 */
export async function trySpark(
  address: string,
  file: string,
  topic: KafkaAddress | null,
): Promise<{ readonly version: string; readonly seen: boolean }> {
  try {
    const session = await connect(address, { bounds: BOUNDS })
    try {
      const version = await session.version()
      const rows = await session.run(`SELECT value FROM text.${sparkName(file)}`).catch(() => [])
      if (topic) {
        const options = `'kafka.bootstrap.servers' '${topic.brokers.join(',')}', subscribe 'none'`
        await session.run(`CREATE OR REPLACE TEMP VIEW tried USING kafka OPTIONS (${options})`)
      }
      return { version, seen: rows.length === 1 }
    } finally {
      await session.release().catch(() => session.close())
    }
  } catch (thrown) {
    throw sparkFailure(address, thrown)
  }
}
