/** The browser of the system, which tests of the page look at it with. */
import { existsSync } from 'node:fs'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Undefined where there is none; tests then say so and are left out. */
export function chromiumPath(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path))
}
