/** Every wire format, by alphabet. A new one: its file, and one line here. */
import { envelope } from './envelope.ts'
import type { Format } from './format.ts'
import { native } from './native.ts'
import { customers, products } from './rows.ts'

export const FORMATS: readonly Format[] = Object.freeze([customers, envelope, native, products])

/** The format of each path. */
export const FORMAT_BY_PATH: ReadonlyMap<string, Format> = new Map(
  FORMATS.flatMap((format) => format.paths.map((path) => [path, format] as const)),
)
