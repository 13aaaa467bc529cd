/**
 * Relations: what a query reads, as plain values that can be put into one another. SQL says most;
 * here is what it has no words for. Nothing is sent, and nothing checked by Spark, until a session
 * uses one.
 */
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Row } from './arrow_rows.ts'
import { type UploadType, uploadOf } from './arrow_upload.ts'
import type { RelationSchema } from './generated/relations_pb.ts'
import { type Argument, literal } from './literal.ts'

export type Relation = MessageInitShape<typeof RelationSchema>

/**
 * For `:name` in the text. Tricky: there is no way to give them in order for `?`, since Spark 4.2's
 * server mixes up more than four of those, without an error.
 */
export type Arguments = Readonly<Record<string, Argument>>

export interface Source {
  /** `parquet`, `kafka`, `rate`, `json`, ... */
  readonly format: string
  /** DDL, such as `id STRING, n BIGINT`; streams of files need one. */
  readonly schema?: string
  readonly options?: Readonly<Record<string, string>>
  readonly paths?: readonly string[]
}

/** One statement of Spark SQL. */
export function sql(query: string, given: Arguments = {}): Relation {
  const namedArguments = Object.fromEntries(
    Object.entries(given).map(([name, argument]) => [name, literal(argument)]),
  )
  return { relType: { case: 'sql', value: { query, namedArguments } } }
}

/**
 * A statement over relations by the names that it uses for them. Nothing stays in the session, but
 * names of two statements at the same moment must differ.
 */
export function sqlOver(
  query: string,
  inputs: Readonly<Record<string, Relation>>,
  given: Arguments = {},
): Relation {
  const references = Object.entries(inputs).map(
    ([alias, input]): Relation => ({ relType: { case: 'subqueryAlias', value: { input, alias } } }),
  )
  return { relType: { case: 'withRelations', value: { root: sql(query, given), references } } }
}

export function read(source: Source): Relation {
  return reading(source, false)
}

/** Reads without end; only a streaming query can run it. */
export function readStream(source: Source): Relation {
  return reading(source, true)
}

function reading({ format, schema, options, paths }: Source, isStreaming: boolean): Relation {
  const value = {
    format,
    ...(schema !== undefined && { schema }),
    ...(options && { options: { ...options } }),
    ...(paths && { paths: [...paths] }),
  }
  return {
    relType: {
      case: 'read',
      value: { isStreaming, readType: { case: 'dataSource', value } },
    },
  }
}

/** Rows for which the SQL expression is true. */
export function where(input: Relation, expression: string): Relation {
  const condition = { exprType: { case: 'expressionString', value: { expression } } } as const
  return { relType: { case: 'filter', value: { input, condition } } }
}

/** `delay` in Spark's words: `10 minutes`. The column is one of the top level. */
export function withWatermark(input: Relation, eventTime: string, delay: string): Relation {
  return {
    relType: { case: 'withWatermark', value: { input, eventTime, delayThreshold: delay } },
  }
}

/**
 * One row for each value of the columns. In a stream, ids are kept for ever, or only until the
 * watermark (which has to be below) has passed them.
 */
export function deduplicate(
  input: Relation,
  columns: readonly string[],
  kept: 'for ever' | 'within watermark' = 'for ever',
): Relation {
  const columnNames = [...columns]
  const withinWatermark = kept === 'within watermark'
  return { relType: { case: 'deduplicate', value: { input, columnNames, withinWatermark } } }
}

/** Rows of this process, sent along with each plan that uses the relation. */
export function localRows(
  columns: Readonly<Record<string, UploadType>>,
  rows: readonly Row[],
): Relation {
  return localArrow(uploadOf(columns, rows))
}

/** The same from an Arrow IPC stream. */
export function localArrow(ipc: Uint8Array): Relation {
  return { relType: { case: 'localRelation', value: { data: ipc } } }
}
