/** A relation written once, whole: files of a format, or a table. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  WriteOperation_SaveMode as SaveMode,
  WriteOperation_TableSaveMethod as TableSaveMethod,
  type WriteOperationSchema,
} from './generated/commands_pb.ts'
import type { Relation } from './relations.ts'

export interface BatchWrite {
  readonly input: Relation
  /** `parquet`, `json`, `kafka`, ... */
  readonly format: string
  /** What happens if something is there already. */
  readonly mode: 'append' | 'overwrite' | 'refuse' | 'ignore'
  readonly to?: { readonly path: string } | { readonly table: string }
  readonly partitionBy?: readonly string[]
  readonly options?: Readonly<Record<string, string>>
}

const MODES = {
  append: SaveMode.APPEND,
  overwrite: SaveMode.OVERWRITE,
  refuse: SaveMode.ERROR_IF_EXISTS,
  ignore: SaveMode.IGNORE,
}

export function writeOf(write: BatchWrite): MessageInitShape<typeof WriteOperationSchema> {
  const { input, format, mode, to, partitionBy, options } = write
  return {
    input,
    source: format,
    mode: MODES[mode],
    partitioningColumns: [...(partitionBy ?? [])],
    options: { ...options },
    ...(to && { saveType: saveTypeOf(to) }),
  }
}

function saveTypeOf(to: NonNullable<BatchWrite['to']>) {
  if ('path' in to) return { case: 'path', value: to.path } as const
  const saveMethod = TableSaveMethod.SAVE_AS_TABLE
  return { case: 'table', value: { tableName: to.table, saveMethod } } as const
}
