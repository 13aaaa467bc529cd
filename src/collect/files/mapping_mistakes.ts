/** What the checks of a mapping share: mistakes as sentences that begin with where they stand. */
import { nearest } from '../../std/nearest.ts'

export type Found = readonly string[]

/** Keys of `object` that mean nothing there; the nearest one that does is named. */
export function unknownKeys(path: string, object: object, known: readonly string[]): Found {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const guess = nearest(key, known)
      const due = guess ? `did you mean ${guess}?` : `there are ${known.join(', ')}`
      return `${path === '' ? key : `${path}.${key}`} is unknown; ${due}`
    })
}

/** A value that is none of the words; absent is no mistake. */
export function wrongWords(path: string, value: unknown, words: readonly string[]): Found {
  if (value === undefined || words.includes(String(value))) return []
  return [`${path} is ${JSON.stringify(value)}; it must be one of ${words.join(', ')}`]
}
