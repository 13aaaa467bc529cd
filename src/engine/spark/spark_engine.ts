/**
 * The engine whose batches Spark computes. The store that it fills is the one of the other engine:
 * states, facts and positions; so presenting, changes and questions are the same code over it.
 */
import { join } from 'node:path'
import { DuckdbEngine } from '../duckdb/engine.ts'
import type { DuckdbEngineOptions } from '../duckdb/engine_options.ts'
import { type SparkSource, sparkSource } from './sources.ts'
import { SparkBatches } from './spark_batches.ts'

export interface SparkEngineOptions
  extends Pick<DuckdbEngineOptions, 'log' | 'plan' | 'settings' | 'clock' | 'prologue' | 'say'> {
  /** Of the store and of silver: seen by Spark's driver and workers by the same path. */
  readonly directory: string
  /** sc://host:port */
  readonly address: string
  readonly source: SparkSource
}

export { trySpark } from './try_spark.ts'
export { sparkSource }

export function sparkEngine({ address, source, ...options }: SparkEngineOptions): DuckdbEngine {
  const { directory } = options
  const batches = new SparkBatches({ address, directory, source })
  return new DuckdbEngine({ ...options, directory: join(directory, 'store'), batches })
}
