/** Every wire format, by alphabet. A new one: its file, and one line here. */
import { envelope } from './envelope.ts'
import type { Format, Method } from './format.ts'
import { native } from './native.ts'
import { customers, products } from './rows.ts'

export const FORMATS: readonly Format[] = Object.freeze([customers, envelope, native, products])

const BY_PATH: ReadonlyMap<string, Format> = new Map(
  FORMATS.flatMap((format) => format.paths.map((path) => [path, format] as const)),
)

/** The format of a path, if any; its own paths come before patterns of others. */
export function findFormat(path: string, method: Method): Format | undefined {
  return BY_PATH.get(path) ?? FORMATS.find((format) => format.matches?.(path, method))
}
