/**
 * Finds and loads the user's own file: `clickpath.config.ts` (or .js) in the working directory, or
 * `--config FILE`. What it means is declared in `../config.ts`.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../config.ts'
import type { Table } from '../model/table.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'
import { nearest } from '../std/nearest.ts'

const FILE_NAMES = ['clickpath.config.ts', 'clickpath.config.js']
const KEYS = ['settings', 'tables', 'funnels', 'steps'] as const satisfies readonly (keyof Config)[]

/** The config file of this working directory; undefined when there is none and none was named. */
export function findConfig(cwd: string, named: string | undefined): string | undefined {
  if (named !== undefined) return resolve(cwd, named)
  return FILE_NAMES.map((name) => resolve(cwd, name)).find((file) => existsSync(file))
}

/** Throws `CONFIG_INVALID` when the file cannot be loaded or exports something else. */
export async function loadConfig(file: string | undefined): Promise<Config> {
  if (file === undefined) return Object.freeze({})
  if (!existsSync(file)) throw new ClickpathError('CONFIG_INVALID', file, 'there is no such file')
  resolveOwnName()
  let loaded: { default?: unknown }
  try {
    loaded = await import(pathToFileURL(file).href)
  } catch (mistake) {
    throw new ClickpathError('CONFIG_INVALID', file, messageOf(mistake))
  }
  const config = checked(file, loaded.default)
  if (config.tables) await checkTables(file, config.tables)
  return config
}

function checked(file: string, config: unknown): Config {
  if (typeof config !== 'object' || config === null) {
    const due = 'it must end with `export default defineConfig({ ... })`'
    throw new ClickpathError('CONFIG_INVALID', file, due)
  }
  for (const key of Object.keys(config)) {
    if ((KEYS as readonly string[]).includes(key)) continue
    const guess = nearest(key, KEYS)
    const hint = guess ? `did you mean ${guess}?` : `it knows ${KEYS.join(', ')}`
    throw new ClickpathError('CONFIG_INVALID', file, `there is no part "${key}"; ${hint}`)
  }
  return config
}

/** Reading them wants the code of all questions, which most commands do without. */
async function checkTables(file: string, tables: readonly Table[]): Promise<void> {
  const { tableMistakes } = await import('../present/own_tables.ts')
  const mistakes = tableMistakes(tables)
  if (mistakes.length > 0) throw new ClickpathError('CONFIG_INVALID', file, mistakes.join('; '))
}

/**
 * Tricky: the config imports 'clickpath', and must get the very modules that run now, wherever the
 * file lies; a second copy would have tables and expressions that are not ours.
 */
function resolveOwnName(): void {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const own = new URL(`../index.${extension}`, import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'clickpath' ? { url: own, shortCircuit: true } : next(specifier, context),
  })
}
