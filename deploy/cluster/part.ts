/** A process of the cluster, before it runs: what starts it, where it listens, when it is ready. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { System } from './jars.ts'
import type { Java } from './java.ts'

export interface Part {
  /** `kafka-1`, `spark-master`, `spark-worker-1`, `spark-connect`. */
  readonly name: string
  readonly system: System
  /** Where others reach it. */
  readonly address: string
  /** What Spark shows a person in a browser. */
  readonly page?: string
  /** All that it listens on. */
  readonly ports: readonly number[]
  /** The most that Java may keep of objects; the process needs some more. */
  readonly heap_mb: number
  /** The parts that must be ready before. */
  readonly after: readonly string[]
  /** What must be on disk before it starts; may run programs. */
  prepare(java: Java): void | Promise<void>
  launch(java: Java): Launch
  /** Fails, with the reason, until the part does what it is for. */
  probe(timeout_ms: number): Promise<void>
}

export interface Launch {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where it runs, and so what its relative paths mean. */
  readonly directory: string
}

/** Where everything of one cluster is. */
export interface RunFolder {
  readonly path: string
  readonly data: string
  readonly logs: string
}

export function runFolder(path: string): RunFolder {
  return { path, data: join(path, 'data'), logs: join(path, 'logs') }
}

export const logOf = ({ logs }: RunFolder, name: string): string => join(logs, `${name}.log`)
/** What Java itself says, such as why it did not start. */
export const wordsOf = ({ logs }: RunFolder, name: string): string => join(logs, `${name}.out`)

export function madeFolder(...parts: readonly string[]): string {
  const path = join(...parts)
  mkdirSync(path, { recursive: true })
  return path
}

/** What every process of the cluster is started with. */
export function javaArgs(folder: RunFolder, name: string, heap_mb: number): readonly string[] {
  return [
    `-Xmx${heap_mb}m`,
    // Rather ended and started again than half alive.
    '-XX:+ExitOnOutOfMemoryError',
    '-Dfile.encoding=UTF-8',
    '-Duser.timezone=UTC',
    '-Djava.net.preferIPv4Stack=true',
    `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`,
    `-Dclickpath.log=${logOf(folder, name)}`,
  ]
}
