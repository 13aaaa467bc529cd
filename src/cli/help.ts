/** The text of `--help`, made from what the commands declare. */
import { SETTINGS } from '../std/settings.ts'
import { optionOf, SHARED_OPTIONS } from './arguments.ts'
import type { Command, Option, Options } from './command.ts'

const WIDTH = 100

/** All commands, one line each. */
export function helpOfAll(commands: readonly Command[], version: string): string {
  const names = commands.map((command) => [command.name, command.summary] as const)
  return [
    `clickpath ${version}: real-time customer-journey analytics for online shops`,
    '',
    'usage: clickpath COMMAND [options]',
    '',
    ...columns(names),
    '',
    'clickpath help COMMAND    what one command does, with its options',
    'clickpath help settings   every setting; each is an option of every command',
    '',
  ].join('\n')
}

export function helpOf(command: Command): string {
  const examples = command.examples ?? []
  // Not for people: `up` gives it to the processes it starts.
  const { supervised: _, ...shared } = SHARED_OPTIONS
  const options: Options = { ...command.options, ...shared }
  return [
    `clickpath ${command.name}: ${command.summary}`,
    '',
    `usage: clickpath ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...columns(Object.entries(options).map(lineOf)),
    ...(examples.length > 0 ? ['', 'examples:', ...examples.map((example) => `  ${example}`)] : []),
    '',
    'Every setting is an option too: clickpath help settings',
    '',
  ].join('\n')
}

export function helpOfSettings(): string {
  const lines = Object.entries(SETTINGS).map(
    ([name, { default: fallback, about }]) =>
      [`--${optionOf(name)} ${fallback === '' ? '""' : fallback}`, about] as const,
  )
  return [
    'Every setting with its default. It may stand on the command line (--port 4001), in the',
    'environment (CLICKPATH_PORT=4001) or in clickpath.config.ts (settings: { port: 4001 }).',
    '',
    ...columns(lines),
    '',
  ].join('\n')
}

function lineOf([name, option]: readonly [string, Option]): readonly [string, string] {
  const value = option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''
  const short = option.short ? `-${option.short}, ` : ''
  const fallback = option.default === undefined ? '' : ` Default: ${option.default}.`
  return [`${short}--${name}${value}`, `${option.about}${fallback}`]
}

/** Two columns; the second is wrapped under itself. */
function columns(lines: readonly (readonly [string, string])[]): readonly string[] {
  const left = Math.max(12, ...lines.map(([name]) => name.length)) + 4
  return lines.flatMap(([name, about]) => {
    const [first = '', ...others] = wrap(about, WIDTH - left)
    return [`  ${name}`.padEnd(left) + first, ...others.map((line) => ' '.repeat(left) + line)]
  })
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
