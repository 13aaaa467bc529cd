/**
 * Reads a command line against a command's declaration. Every setting is an option too
 * (`--log-reserve-mb 50`), so is what all commands share (`--config`, `--json`, `--help`).
 */
import { parseArgs } from 'node:util'
import { ClickpathError } from '../std/errors.ts'
import { nearest } from '../std/nearest.ts'
import { SETTINGS, type SettingValues } from '../std/settings.ts'
import type { Option, Options } from './command.ts'

export const SHARED_OPTIONS = {
  config: {
    type: 'string',
    value: 'FILE',
    about: 'The config file; clickpath.config.ts of this folder otherwise.',
  },
  json: { type: 'boolean', about: 'Print JSON for machines, errors included.' },
  supervised: { type: 'boolean', about: 'Set by `up` for the processes it starts and stops.' },
  help: { type: 'boolean', short: 'h', about: 'Show what this command does.' },
} as const satisfies Options

type Value = string | boolean | readonly string[] | undefined

export interface ReadArguments {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, Value>>
  readonly flags: SettingValues
}

const settingOf = (option: string): string => option.replaceAll('-', '_')
export const optionOf = (setting: string): string => setting.replaceAll('_', '-')

/** Throws `USAGE`, naming the nearest option, for one that is unknown or lacks its value. */
export function readArguments(args: readonly string[], declared: Options): ReadArguments {
  const settings = Object.keys(SETTINGS).map(optionOf)
  const known: Record<string, Option> = { ...declared, ...SHARED_OPTIONS }
  for (const name of settings) known[name] ??= { type: 'string', about: '' }
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token.name, token.rawName, token.value, known)
  }
  const flags: Record<string, string> = {}
  const options: Record<string, Value> = {}
  for (const [name, option] of Object.entries({ ...declared, ...SHARED_OPTIONS })) {
    options[name] = (values[name] as Value) ?? fallback(option)
  }
  for (const name of settings) {
    if (!Object.hasOwn(declared, name) && values[name] !== undefined) {
      flags[settingOf(name)] = String(values[name])
    }
  }
  return { positionals, options, flags }
}

function fallback(option: Option): Value {
  if (option.multiple) return []
  return option.type === 'boolean' ? false : option.default
}

function checkOption(
  name: string,
  written: string,
  value: string | undefined,
  known: Readonly<Record<string, Option>>,
): void {
  const option = Object.hasOwn(known, name) ? known[name] : undefined
  if (!option) {
    const guess = nearest(name, Object.keys(known))
    const hint = guess ? `Did you mean --${guess}?` : 'See --help.'
    throw new ClickpathError('USAGE', `There is no option ${written}. ${hint}`)
  }
  if (option.type === 'string' && value === undefined) {
    throw new ClickpathError(
      'USAGE',
      `${written} needs a value: ${written} ${option.value ?? 'VALUE'}.`,
    )
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw new ClickpathError('USAGE', `${written} takes no value.`)
  }
}
