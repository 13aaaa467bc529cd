/**
 * Real shops' files, which lie beside the repository and not in it: a test that needs one skips
 * where it is absent, and says which.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const DATA = join(import.meta.dirname, '../../shared/data')

export interface RealData {
  readonly file: string
  /** Why a test that needs the file cannot run; false when it can. */
  readonly skip: string | false
}

/** The file or folder of that name. */
export function realData(name: string): RealData {
  const file = join(DATA, name)
  return { file, skip: existsSync(file) ? false : `the real data is not here: ${file}` }
}

/** A month's head and tail of a cosmetics shop, which most tests of real events read. */
export const rees46 = realData('rees46_cosmetics_2019-10.csv.gz')
