/** A cluster's status as people read it at a terminal. */
import { join } from 'node:path'
import { durationText } from '../../src/cli/numbers.ts'
import { printRows } from '../../src/cli/output.ts'
import { wordsFor } from './options.ts'
import type { ClusterStatus, PartStatus } from './status.ts'

export const DEFAULT_FOLDER = '.cluster'

export function statusText(status: ClusterStatus): string {
  const { folder, options, kafka, spark, parts } = status
  if (!options) return `No cluster runs in ${folder}. Start one: npm run cluster:up`
  const lines: string[] = []
  printRows(
    { write: (text) => lines.push(text), isTTY: false, columns: 80 },
    parts.map(rowOf),
    'table',
  )
  lines.push('\n')
  if (kafka) lines.push(`Kafka  kafka://${kafka}\n`)
  if (kafka && options.replication === 1) {
    lines.push('       One copy of each message: every batch is flushed to disk first.\n')
  }
  if (spark) lines.push(`Spark  ${spark}\n`)
  lines.push(`Logs   ${join(folder, 'logs')}\n`)
  if (status.state === 'partly') {
    const dir = folder === DEFAULT_FOLDER ? '' : ` --dir ${folder}`
    const command = `npm run cluster:up -- ${wordsFor(options)}${dir}`
    lines.push(`\nNot all of it runs. Start what is missing:\n  ${command}\n`)
  }
  return lines.join('').trimEnd()
}

function rowOf(part: PartStatus) {
  return {
    part: part.name,
    state: part.state,
    pid: part.pid,
    version: part.version,
    address: part.address,
    page: part.page,
    'heap MB': part.heap_mb,
    'memory MB': part.memory_mb,
    up: part.uptime_s === null ? null : durationText(part.uptime_s * 1_000),
  }
}
