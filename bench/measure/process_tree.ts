/**
 * What a process and all its descendants use, read from /proc. Linux alone; elsewhere nothing is
 * found and the figures stay empty.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time for programs in hundredths of a second, whatever its kernel ticks in. */
const TICKS_PER_SECOND = 100

export interface ProcessUse {
  readonly pid: number
  /** Of a Clickpath process the word after its program, such as `collect`; of Java what runs. */
  readonly role: string
  readonly resident_bytes: number
  /** User and system time since it started. */
  readonly cpu_s: number
}

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpu_s: number
}

/** The classes that Java is started with, and what they are to a reader of figures. */
const JAVA_ROLES: Readonly<Record<string, string>> = {
  'kafka.Kafka': 'kafka',
  'org.apache.spark.sql.connect.service.SparkConnectServer': 'spark_connect',
  'org.apache.spark.deploy.master.Master': 'spark_master',
  'org.apache.spark.deploy.worker.Worker': 'spark_worker',
  'org.apache.spark.executor.CoarseGrainedExecutorBackend': 'spark_executor',
}

/** The processes and everything they started, directly or not; empty when they are gone. */
export function processTree(...roots: readonly number[]): readonly ProcessUse[] {
  const stats = allStats()
  const children = Map.groupBy(stats, ({ parent }) => parent)
  const found = stats.filter(({ pid }) => roots.includes(pid))
  const seen = new Set(roots)
  // The list grows while it is walked: each process adds its own children.
  for (const { pid } of found) {
    const more = (children.get(pid) ?? []).filter((child) => !seen.has(child.pid))
    for (const child of more) seen.add(child.pid)
    found.push(...more)
  }
  return found.map(({ pid, cpu_s }) => ({
    pid,
    role: roleOf(read(`/proc/${pid}/cmdline`).split('\0')),
    resident_bytes: residentBytes(read(`/proc/${pid}/status`)),
    cpu_s,
  }))
}

function allStats(): Stat[] {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return [] // Not Linux.
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name), read(`/proc/${name}/stat`)))
}

/** The name, in parentheses, may hold spaces; fields are counted after it, from field 3. */
export function statOf(pid: number, stat: string): Stat[] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number)
  if (parent === undefined || user === undefined || system === undefined) return []
  return Number.isNaN(system) ? [] : [{ pid, parent, cpu_s: (user + system) / TICKS_PER_SECOND }]
}

function residentBytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024
}

export function roleOf(command: readonly string[]): string {
  const java = command.find((word) => Object.hasOwn(JAVA_ROLES, word))
  if (java !== undefined) return JAVA_ROLES[java] as string
  const program = command.findIndex((word) => word.endsWith('clickpath.js'))
  return program === -1 ? 'other' : (command[program + 1] ?? 'other')
}

/** Empty when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
