/**
 * What a request says once for all its values is written with each of them: a small body could make
 * a huge log, and keep the process busy for minutes. Here is the bound on that.
 */

/** Characters of what is said once, times the values that it is said of. */
const SHARED_LENGTH_MAX = 4_000_000

/** Whether it is too long to be kept with each of so many values. */
export function isTooLongForEach(shared: object, values: number): boolean {
  try {
    return JSON.stringify(shared).length * values > SHARED_LENGTH_MAX
  } catch {
    return true // It is nested too deeply to be written at all.
  }
}
