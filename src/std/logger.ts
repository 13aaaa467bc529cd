/**
 * What a process tells of itself: one line an event, on standard error. A person at a terminal gets
 * a sentence, a machine JSON: time, level, role, code, msg. Results of commands are no logs; those
 * go to standard output.
 */
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { Clock } from './clock.ts'
import { causeOf } from './notices.ts'
import { Repeats } from './repeats.ts'

export type { Logger }

export interface LoggerOptions {
  /** Who speaks: up, collect, process, simulate. */
  readonly role: string
  readonly level: string
  /** `people`: one readable line; `machines`: one JSON object. */
  readonly readers: 'people' | 'machines'
  readonly clock: Clock
  /** Standard error where nothing is said. */
  readonly lines?: DestinationStream
}

export function createLogger({ role, level, readers, clock, lines }: LoggerOptions): Logger {
  // Written at once: a line that waits in a buffer is lost by the crash it would explain.
  const stream = lines ?? destination({ fd: 2, sync: true })
  const repeats = new Repeats(clock)
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: () => `,"time":"${new Date(clock.now_ms()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: toldError },
      hooks: {
        logMethod(args, method, at) {
          const [fields, message] = args as unknown as [Record<string, unknown>, string | undefined]
          const told = repeats.note(`${at} ${fields.code ?? ''} ${message ?? String(fields)}`)
          if (told === 'silent') return
          if (told === 0 || typeof fields !== 'object') return method.apply(this, args)
          method.apply(this, [{ ...fields, repeated: told }, message] as unknown as typeof args)
        },
      },
    },
    readers === 'people' ? forPeople(stream) : stream,
  )
}

/** Where an error arose and what it says, without what was quoted in it. */
function toldError(thrown: unknown): object {
  const error = thrown as Partial<Error> & { readonly code?: unknown }
  const frames = String(error.stack ?? '').split('\n')
  const stack = frames.filter((line) => /^\s+at /.test(line)).join('\n')
  const { name = 'Error', code } = error
  return { type: name, message: causeOf(thrown), ...(code === undefined ? {} : { code }), stack }
}

function forPeople(lines: DestinationStream): DestinationStream {
  return { write: (line) => lines.write(`${sentenceOf(JSON.parse(line))}\n`) }
}

/** `12:00:01 collect  warn: what happened (lane=web)`; a level of info is not worth its word. */
export function sentenceOf(entry: Readonly<Record<string, unknown>>): string {
  const { level, time, pid: _pid, role, msg, err, ...others } = entry
  const details = Object.entries(others).map(([name, value]) => `${name}=${asText(value)}`)
  const error =
    err === undefined ? '' : `: ${asText((err as { message?: unknown }).message ?? err)}`
  return [
    `${String(time).slice(11, 19)} ${String(role).padEnd(8)}`,
    level === 'info' ? '' : `${level}:`,
    `${String(msg ?? '')}${error}`,
    details.length > 0 ? `(${details.join(' ')})` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
