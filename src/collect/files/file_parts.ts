/** The parts of a file, in the way its format is read. */
import type { Settings } from '../../std/settings.ts'
import { FILE_FORMATS, type FileFormat, type FileFormatName } from './formats.ts'
import type { FileHead } from './heads.ts'
import { csvParts, type FilePart, lineParts, type PartOptions, parquetParts } from './parts.ts'
import type { Scratch } from './scratch.ts'

export interface FileParts extends PartOptions {
  readonly format: FileFormatName
  readonly head: FileHead
  readonly settings: Pick<Settings, 'event_bytes_max'>
}

export function partsOf(options: FileParts, scratch: Scratch): AsyncGenerator<FilePart> {
  const { format, head, settings } = options
  const { isWhole, reads, says }: FileFormat = FILE_FORMATS[format]
  if (head.csv) {
    const last = isWhole?.[head.csv.names.at(-1) ?? '']
    const raw_bytes_max = settings.event_bytes_max
    return csvParts(options, { head: head.csv, raw_bytes_max, isWhole: last })
  }
  if (reads === 'parquet') return parquetParts(options, scratch, head.parquet)
  return lineParts(options, says === 'snowplow' ? 'carriage return' : 'white space')
}
