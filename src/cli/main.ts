/**
 * The door of the program: finds the command, reads its options and settings, runs it, prints what
 * went wrong, answers the exit code. This file alone ends the process.
 */
import { readFileSync } from 'node:fs'
import { systemClock } from '../std/clock.ts'
import { ClickpathError, type ErrorCode } from '../std/errors.ts'
import { nearest } from '../std/nearest.ts'
import { readSettings, settingsOfEnvironment } from '../std/settings.ts'
import { linkToSupervisor } from '../supervise/link.ts'
import { readArguments } from './arguments.ts'
import type { Command, Context, ExitCode, Output } from './command.ts'
import { findConfig, loadConfig } from './config.ts'
import { helpOf, helpOfAll, helpOfSettings } from './help.ts'

/** Commands, alphabetically; a new one is a file and a line here. Questions have one each too. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  archive: async () => (await import('./archive.ts')).archiveCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  collect: async () => (await import('./collect.ts')).collectCommand,
  derive: async () => (await import('./derive.ts')).deriveCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  erase: async () => (await import('./erase.ts')).eraseCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  identity: async () => (await import('./identity.ts')).identityCommand,
  import: async () => (await import('./import.ts')).importCommand,
  process: async () => (await import('./process.ts')).processCommand,
  query: async () => (await import('./query.ts')).queryCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  rebuild: async () => (await import('./rebuild.ts')).rebuildCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  up: async () => (await import('./up.ts')).upCommand,
}

/** Codes that mean: asked wrongly. */
const USAGE_CODES: readonly ErrorCode[] = ['USAGE', 'SETTINGS_INVALID', 'CONFIG_INVALID']

/** What a command line runs in; the rest of its context is read from its words. */
type Surroundings = Pick<Context, 'stdout' | 'stderr' | 'cwd' | 'clock' | 'signal' | 'supervisor'>

/** Runs one command line and answers its exit code; prints, but leaves the process alone. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { stdout, stderr } = surroundings
  try {
    const [name = '--help', ...others] = args
    if (name === '--version' || name === '-v') return print(stdout, `${version()}\n`)
    if (name === '--help' || name === '-h') return print(stdout, await list())
    if (name === 'help') return print(stdout, await help(others[0]))
    const command = await find(name)
    const { positionals, options, flags } = readArguments(others, command.options)
    if (options.help) return print(stdout, helpOf(command))
    const configFile = findConfig(surroundings.cwd, options.config as string | undefined)
    const config = await loadConfig(configFile)
    const settings = readSettings(config.settings ?? {}, settingsOfEnvironment(), flags)
    return await command.run({
      ...surroundings,
      arguments: positionals,
      options: options as Context['options'],
      settings,
      flags,
      config,
      configFile,
      json: options.json === true,
    })
  } catch (thrown) {
    return failed(thrown, stderr, args.includes('--json'))
  }
}

function print(output: Output, text: string): ExitCode {
  output.write(text)
  return 0
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load) return load()
  const { questionCommands } = await import('./questions.ts')
  const questions = questionCommands()
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined
  if (question) return question
  const guess = nearest(name, Object.keys({ ...COMMANDS, ...questions }))
  const hint = guess ? `Did you mean ${guess}?` : 'See `clickpath --help`.'
  throw new ClickpathError('USAGE', `There is no command ${name}. ${hint}`)
}

async function list(): Promise<string> {
  const { questionCommands } = await import('./questions.ts')
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()))
  const all = [...commands, ...Object.values(questionCommands())]
  const sorted = all.sort((one, other) => (one.name < other.name ? -1 : 1))
  return helpOfAll(sorted, version())
}

async function help(topic: string | undefined): Promise<string> {
  if (topic === undefined) return list()
  return topic === 'settings' ? helpOfSettings() : helpOf(await find(topic))
}

function failed(thrown: unknown, stderr: Output, json: boolean): ExitCode {
  const error = thrown instanceof ClickpathError ? thrown : unforeseen(thrown)
  const { code, message } = error
  stderr.write(json ? `${JSON.stringify({ code, message })}\n` : `${code}: ${message}\n`)
  return USAGE_CODES.includes(code) ? 2 : 1
}

/** A bug, or a machine in trouble: the stack says where. */
function unforeseen(thrown: unknown): ClickpathError {
  const told = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return new ClickpathError('INTERNAL', told)
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** The process's own streams, signals and exit; called by `bin/clickpath.js` alone. */
export async function runProcess(): Promise<void> {
  const stop = new AbortController()
  const supervised = process.argv.includes('--supervised') && process.send !== undefined
  heedSignals(stop, supervised ? "supervisor's" : 'own')
  const code = await main(process.argv.slice(2), {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    cwd: process.cwd(),
    clock: systemClock,
    signal: stop.signal,
    supervisor: supervised ? linkToSupervisor(process, () => stop.abort()) : null,
  })
  // Tricky: pending writes to a pipe are lost by `process.exit`, so it waits for both streams.
  await Promise.all([process.stdout, process.stderr].map(flushed))
  // Tricky: an exit waits for the threads that a query still runs on, for as long as it runs. A
  // supervised process that has failed leaves nothing behind to be put in order.
  if (supervised && code === 1) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

/**
 * The first signal asks to stop, a later one ends at once. Tricky: one Ctrl-C may arrive several
 * times, from the terminal and again from npm; what follows within half a second is the same one.
 * A supervised process leaves signals alone: the terminal sends them to all at once, and only the
 * supervisor knows the order to stop in.
 */
function heedSignals(stop: AbortController, whose: 'own' | "supervisor's"): void {
  let first_ms: number | undefined
  const heed = (): void => {
    if (whose === "supervisor's") return
    const now_ms = systemClock.now_ms()
    if (first_ms !== undefined && now_ms - first_ms > 500) process.exit(1)
    first_ms ??= now_ms
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, heed)
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // Tricky: `clickpath query | head` closes our pipe; that is no error of ours.
  stream.on('error', () => {})
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    columns: stream.columns ?? 80,
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
