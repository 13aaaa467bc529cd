/** `npm run cluster:...` as a process of its own, without npm. */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

const MAIN = resolve(import.meta.dirname, '../../deploy/cluster/main.ts')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `env`: what differs from the environment of the test. */
export function cluster(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const words = ['--disable-warning=ExperimentalWarning', MAIN, ...args]
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      words,
      { env: { ...process.env, ...env } },
      (_, stdout, stderr) => done({ code: child.exitCode, stdout, stderr }),
    )
  })
}
