/**
 * A cluster for a bench: Kafka and Spark as `npm run cluster:up` starts them, in a folder and on
 * ports of its own, ended with all its data when the work is done or the bench is called off.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { down, up } from '../deploy/cluster/cluster.ts'
import { type Asked, readOptions } from '../deploy/cluster/options.ts'
import { runFolder } from '../deploy/cluster/part.ts'
import { readState } from '../deploy/cluster/state.ts'
import { statusOf } from '../deploy/cluster/status.ts'
import type { Children } from './children.ts'

/** Far from those of `cluster:up` and of its tests. */
const PORT_BASE = 26_000

export interface Cluster {
  /** host:port,host:port; empty where no broker was asked for. */
  readonly brokers: string
  /** sc://host:port; empty where no Spark was asked for. */
  readonly spark: string
  /** Of all its processes. */
  readonly pids: readonly number[]
}

const quiet = () => undefined

/** One at a time: all of them have the same ports. */
export async function withCluster<T>(
  children: Children,
  directory: string,
  asked: Omit<Asked, 'port-base'>,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(directory, 'cluster-'))
  const end = async () => {
    await down(folder, 'wipe', quiet)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  const forget = children.alsoEnd(end)
  try {
    await up(folder, readOptions({ ...asked, 'port-base': String(PORT_BASE) }), quiet)
    const { kafka, spark } = await statusOf(folder)
    const parts = Object.values(readState(runFolder(folder))?.parts ?? {})
    return await work({
      brokers: kafka ?? '',
      spark: spark ?? '',
      pids: parts.map(({ pid }) => pid),
    })
  } finally {
    await end()
    forget()
  }
}
