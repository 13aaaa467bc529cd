/**
 * What a command is. One file per command declares itself (name, options with their help, what it
 * runs); parsing, help, errors and exit codes are `main.ts`'s. A command's file is read for every
 * `--help`, so heavy parts (engine, database, HTTP server) are imported inside `run`.
 */
import type { Config } from '../config.ts'
import type { Clock } from '../std/clock.ts'
import type { Settings, SettingValues } from '../std/settings.ts'
import type { SupervisorLink } from '../supervise/link.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  /** One sentence for `--help`. */
  readonly about: string
  /** What the value is called in help: `--data DIR`. */
  readonly value?: string
  readonly short?: string
  /** May be given several times; the command gets a list. */
  readonly multiple?: true
  readonly default?: string
}

export type Options = Readonly<Record<string, Option>>

/** What a command gets for its options: a list, a flag, or a text that may be absent. */
export type OptionValues<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { multiple: true }
    ? readonly string[]
    : O[K] extends { type: 'boolean' }
      ? boolean
      : O[K] extends { default: string }
        ? string
        : string | undefined
}

/** Where a command writes: text as it is, no newline added. */
export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number
}

/** 0: done; 1: failed; 2: asked wrongly (unknown option, bad setting). */
export type ExitCode = 0 | 1 | 2

export interface Context<O extends Options = Options> {
  /** What stands on the command line beside options. */
  readonly arguments: readonly string[]
  readonly options: OptionValues<O>
  /** Defaults < config file < environment < flags; frozen. */
  readonly settings: Settings
  /** The settings that stood on this command line: what a child process must be told. */
  readonly flags: SettingValues
  readonly config: Config
  /** The config file, if there is one: what a child process must be told. */
  readonly configFile: string | undefined
  /** `--json`: machines read what is printed. */
  readonly json: boolean
  readonly stdout: Output
  readonly stderr: Output
  readonly cwd: string
  readonly clock: Clock
  /** Aborts when asked to stop, by a signal or by the supervisor; then end in good order. */
  readonly signal: AbortSignal
  /** The process that started this one and hands it connections; null when started by a person. */
  readonly supervisor: SupervisorLink | null
}

export interface Command<O extends Options = Options> {
  readonly name: string
  /** One line in the list of commands. */
  readonly summary: string
  /** What follows the name: `FILE... --format rees46`. */
  readonly usage: string
  readonly options: O
  readonly examples?: readonly string[]
  run(context: Context<O>): Promise<ExitCode>
}

/** Declares a command; `context.options` is typed by the declared options. */
export function command<const O extends Options>(declaration: Command<O>): Command<O> {
  return Object.freeze(declaration)
}

/** The option that most commands have. */
export const DATA_OPTION = {
  type: 'string',
  value: 'DIR',
  default: 'data',
  about: 'The data folder; made when absent.',
} as const satisfies Option
