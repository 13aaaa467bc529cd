/** What a user writes in `clickpath.config.ts`: own settings, tables, funnels and steps. */
import type { Step } from './collect/steps/step.ts'
import type { Funnel } from './model/funnel.ts'
import type { Table } from './model/table.ts'
import type { SettingValues } from './std/settings.ts'

export interface Config {
  readonly settings?: SettingValues
  /** Beside ours; one of the same name takes its place, `sessions` only with all of its columns. */
  readonly tables?: readonly Table[]
  /** Funnels asked for by name; one of the same name takes the place of ours. */
  readonly funnels?: readonly Funnel[]
  /** Steps between parsing an event and keeping it, in this order, after ours. */
  readonly steps?: readonly Step[]
}

/** Gives the config its type; `export default defineConfig({ ... })`. */
export function defineConfig(config: Config): Config {
  return Object.freeze(config)
}
