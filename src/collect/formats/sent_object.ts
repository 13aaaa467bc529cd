/** What JSON may be, told apart: an object with fields, and a field that says something. */

/** An object as it was sent. */
export type Fields = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Null and the empty text say that a field is absent. */
export function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
