/** What must be on a machine before anything of the cluster can be tried. */
import { fetchJars } from '../../deploy/cluster/jars.ts'
import { requireJava } from '../../deploy/cluster/java.ts'

/** Why the cluster cannot run here; false when it can. Fetches Kafka and Spark if need be. */
export async function whyNot(): Promise<string | false> {
  try {
    requireJava()
    for (const system of ['kafka', 'spark'] as const) await fetchJars(system, () => undefined)
    return false
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'unknown'
  }
}
