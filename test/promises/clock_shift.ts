/**
 * Loaded into a process before it begins (`node --import`): its time of day is the machine's and as
 * many ms as a file says, asked anew at every look. Timers go on as they did, as they do where
 * somebody sets the clock of a machine.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const VARIABLE = 'CLICKPATH_TEST_CLOCK'
/** The file is looked at so often, so that asking the time stays cheap. */
const LOOK_MS = 20

/** The environment of a process whose clock the file sets. */
export function shiftedEnvironment(file: string): Readonly<Record<string, string>> {
  const preload = pathToFileURL(import.meta.filename).href
  return { [VARIABLE]: file, NODE_OPTIONS: `--import=${preload}` }
}

function shift(file: string): void {
  const real = Date.now
  let looked_ms = Number.NEGATIVE_INFINITY
  let by_ms = 0
  Date.now = () => {
    const at_ms = performance.now()
    if (at_ms - looked_ms > LOOK_MS) {
      looked_ms = at_ms
      by_ms = Number(readFileSync(file, 'utf8'))
    }
    return real() + by_ms
  }
}

const file = process.env[VARIABLE]
if (file !== undefined) shift(file)
