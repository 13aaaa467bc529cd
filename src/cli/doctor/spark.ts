/**
 * The Spark server that computes the tables: whether it answers, sees the data folder by the path
 * that we see it by, and can read Kafka where the log lies there.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shownAddress, sparkFolder } from '../../engine/place.ts'
import { loadSparkEngine } from '../../engine/spark/load.ts'
import { topicOf } from '../../log/open_log.ts'
import { messageOf } from '../../std/errors.ts'
import { type Finding, ok, type Patient, problem } from './finding.ts'

export async function checkSpark(
  { directory, settings }: Patient,
  address: string,
): Promise<readonly Finding[]> {
  const { trySpark } = await loadSparkEngine()
  const at = shownAddress(address)
  const probe = join(sparkFolder(directory), `probe-${randomUUID()}.txt`)
  await mkdir(sparkFolder(directory), { recursive: true })
  await writeFile(probe, `${directory}\n`)
  try {
    const { version, seen } = await trySpark(address, probe, topicOf(settings))
    const found = [ok('spark', `Spark ${version} answers at ${at}`)]
    if (seen) return [...found, ok('spark', 'it sees the data folder by the same path')]
    const said = `It does not see ${directory}, so no batch can be computed.`
    const cure = 'Its driver, its workers and this process must see that folder by the same path.'
    return [...found, problem('spark', said, cure)]
  } catch (thrown) {
    return [problem('spark', messageOf(thrown), 'Look at the server, and at the setting engine.')]
  } finally {
    await rm(probe, { force: true })
  }
}
