/** Runs command lines in this process; a test reads what was printed and the exit code. */
import { main } from '../../src/cli/main.ts'
import { systemClock } from '../../src/std/clock.ts'

export interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runHere(args: readonly string[], cwd = '.'): Promise<Printed> {
  const stdout = collector()
  const stderr = collector()
  const code = await main(args, {
    stdout,
    stderr,
    cwd,
    clock: systemClock,
    signal: new AbortController().signal,
    supervisor: null,
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** An output that keeps what is written. */
export function collector(isTTY = false) {
  const parts: string[] = []
  return {
    write: (text: string) => void parts.push(text),
    isTTY,
    columns: 80,
    text: () => parts.join(''),
  }
}
