/** Golden data directories: what each released version left, for every later one to open. */
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export const DATA_DIRECTORIES = join(import.meta.dirname, 'data_directory')

/** Where the store lies within a data directory; kept compressed, for it is mostly zeros. */
export const STORE = join('engine', 'clickpath.duckdb')

/** Source to write key of those who sent the events. */
export const KEYS = { web: 'golden-key-of-the-page', shop: 'golden-key-of-the-server' } as const

export const versions = (): readonly string[] =>
  globSync('*/', { cwd: DATA_DIRECTORIES })
    .map((folder) => basename(folder))
    .sort()

/** Copies the data of a version to a folder, to be worked on. */
export function unpack(version: string, directory: string, store: 'with store' | 'without'): void {
  cpSync(join(DATA_DIRECTORIES, version, 'data'), directory, { recursive: true })
  const packed = join(directory, `${STORE}.gz`)
  if (store === 'with store')
    writeFileSync(join(directory, STORE), gunzipSync(readFileSync(packed)))
  rmSync(packed)
}
