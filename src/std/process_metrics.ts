/** What a process itself uses, under the names that every Prometheus dashboard knows. */
import { readdirSync, readFileSync } from 'node:fs'
import { type Family, gauge } from './metrics.ts'

export function processFamilies(role: string, started_ms: number): readonly Family[] {
  const labels = { role }
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const cpu_s = (user + system) / 1_000_000
  return [
    gauge('process_resident_memory_bytes', 'Memory of the process.', rss, labels),
    gauge('nodejs_heap_size_used_bytes', 'Memory of its JavaScript.', heapUsed, labels),
    gauge('process_open_fds', 'Open files and connections.', openFiles(), labels),
    gauge('process_max_fds', 'How many it may open.', openFilesMax(), labels),
    gauge(
      'process_start_time_seconds',
      'When it began to work, in seconds since 1970.',
      started_ms / 1_000,
      labels,
    ),
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time used.',
      samples: [{ value: cpu_s, labels }],
    },
  ]
}

/** Null where the system does not tell. */
export function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}

function openFilesMax(): number | null {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return found ? Number(found[1]) : null
  } catch {
    return null
  }
}
