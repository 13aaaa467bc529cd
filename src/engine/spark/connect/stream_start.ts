/** What a streaming query is to do: its source, its sink, and where it remembers how far it is. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { SparkError } from './errors.ts'
import type { WriteStreamOperationStartSchema } from './generated/commands_pb.ts'
import type { Relation } from './relations.ts'

export interface StreamStart {
  readonly input: Relation
  /** `kafka`, `parquet`, `console`, `memory`, `noop`, ... */
  readonly format: string
  readonly mode: 'append' | 'update' | 'complete'
  /** A batch each so many ms, or what is there now and then the end. */
  readonly trigger: { readonly every_ms: number } | 'available now'
  /** A folder that server and workers see, for how far the query has read, and its states. */
  readonly checkpoint: string
  readonly name?: string
  readonly options?: Readonly<Record<string, string>>
  /** Where the format writes files or a table. */
  readonly to?: { readonly path: string } | { readonly table: string }
  readonly partitionBy?: readonly string[]
}

export function startOf(
  start: StreamStart,
): MessageInitShape<typeof WriteStreamOperationStartSchema> {
  const { input, format, mode, trigger, checkpoint, name = '', options, to, partitionBy } = start
  return {
    input,
    format,
    outputMode: mode,
    queryName: name,
    options: { ...options, checkpointLocation: checkpoint },
    partitioningColumnNames: [...(partitionBy ?? [])],
    trigger: triggerOf(trigger),
    ...(to && { sinkDestination: destinationOf(to) }),
  }
}

function destinationOf(to: NonNullable<StreamStart['to']>) {
  return 'path' in to
    ? ({ case: 'path', value: to.path } as const)
    : ({ case: 'tableName', value: to.table } as const)
}

function triggerOf(trigger: StreamStart['trigger']) {
  if (trigger === 'available now') return { case: 'availableNow', value: true } as const
  const { every_ms } = trigger
  if (!Number.isSafeInteger(every_ms) || every_ms < 0) {
    throw new SparkError('argument', `A trigger each ${every_ms} ms cannot be: give whole ms.`)
  }
  return { case: 'processingTimeInterval', value: `${every_ms} milliseconds` } as const
}
