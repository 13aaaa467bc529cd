/**
 * What a process tells of itself: one line an event, on standard error. A person at a terminal gets
 * a sentence, a machine JSON. Results of commands are no logs; those go to standard output.
 */
import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type { Logger }

export interface LoggerOptions {
  /** Who speaks: up, collect, process, simulate. */
  readonly role: string
  readonly level: string
  /** `people`: one readable line; `machines`: one JSON object. */
  readonly readers: 'people' | 'machines'
}

export function createLogger({ role, level, readers }: LoggerOptions): Logger {
  // Written at once: a line that waits in a buffer is lost by the crash it would explain.
  const stderr = destination({ fd: 2, sync: true })
  const lines = readers === 'people' ? forPeople(stderr) : stderr
  return pino({ level, base: { role, pid: process.pid }, timestamp: isoTime }, lines)
}

const isoTime = (): string => pino.stdTimeFunctions.isoTime()

function forPeople(lines: DestinationStream): DestinationStream {
  return { write: (line) => lines.write(`${sentenceOf(JSON.parse(line))}\n`) }
}

/** `12:00:01 collect  warn: what happened (lane=web)`; a level of info is not worth its word. */
export function sentenceOf(entry: Readonly<Record<string, unknown>>): string {
  const { level, time, pid: _pid, role, msg, err, ...others } = entry
  const word = pino.levels.labels[Number(level)] ?? String(level)
  const details = Object.entries(others).map(([name, value]) => `${name}=${asText(value)}`)
  const error =
    err === undefined ? '' : `: ${asText((err as { message?: unknown }).message ?? err)}`
  return [
    `${String(time).slice(11, 19)} ${String(role).padEnd(8)}`,
    word === 'info' ? '' : `${word}:`,
    `${String(msg ?? '')}${error}`,
    details.length > 0 ? `(${details.join(' ')})` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
