/**
 * Who may ask what. Two doors: a program on this machine, known by where it comes from and by the
 * Host it asked for; and everybody else, who needs a token. It refuses what a foreign page in a
 * visitor's browser may send: another Host (DNS rebinding), another Origin.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { ClickpathError } from '../std/errors.ts'
import { isLoopback } from '../std/loopback.ts'
import type { Settings } from '../std/settings.ts'
import type { Tokens } from './tokens.ts'

/** `open`: health and the page itself. `read`: figures. `admin`: SQL, and what makes work. */
export type Access = 'open' | 'read' | 'admin'

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

function checkOrigin({ origin, host }: IncomingHttpHeaders): void {
  if (origin === undefined) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new ClickpathError('FORBIDDEN', `Pages of ${origin} may not ask here.`)
}

function checkHost({ host = '' }: IncomingHttpHeaders): void {
  if (LOCAL_HOST.test(host)) return
  throw new ClickpathError(
    'FORBIDDEN',
    `The Host ${host || '(none)'} is not this machine; ask for localhost, or start with --host.`,
  )
}

function checkToken(headers: IncomingHttpHeaders, access: Access, tokens: Tokens): void {
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(/\s+/, 2)
  const kind = scheme.toLowerCase() === 'bearer' ? tokens.kindOf(token) : undefined
  if (kind === 'admin' || (kind === 'read' && access === 'read')) return
  throw new ClickpathError('UNKNOWN_TOKEN', access)
}

/**
 * Throws `FORBIDDEN` or `UNKNOWN_TOKEN`. Tricky: the collector, which passes requests on, always
 * says from where (`x-forwarded-for`); a request without it came straight to our loopback port.
 * On a public bind the address is not believed: behind a reverse proxy all would be local.
 */
export function checkAccess(
  headers: IncomingHttpHeaders,
  access: Access,
  { host }: Pick<Settings, 'host'>,
  tokens: Tokens,
): void {
  const isPublic = !isLoopback(host) && headers['x-forwarded-for'] !== undefined
  if (!isPublic) checkHost(headers)
  if (access === 'open') return
  checkOrigin(headers)
  if (isPublic) checkToken(headers, access, tokens)
}
