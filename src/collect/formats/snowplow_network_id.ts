/**
 * The network user id: who a browser is to the collector itself, kept in the cookie `sp`. It names
 * the visitor only where nothing else does: a pixel without a script, a tracker told to be
 * anonymous.
 *
 * It is set where nobody asks us not to: not with `SP-Anonymous`, `Sec-GPC: 1` or `DNT: 1`.
 */
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Random } from '../steps/step.ts'
import type { SentRequest } from './format.ts'

const COOKIE = 'sp'
const AGE_S = 365 * 86_400
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function isUnwanted(headers: IncomingHttpHeaders): boolean {
  return headers['sp-anonymous'] !== undefined || headers['sec-gpc'] === '1' || headers.dnt === '1'
}

/** The id that the browser sent, if any. */
function sentNetworkId(headers: IncomingHttpHeaders): string | undefined {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [name = '', value = ''] = pair.trim().split('=', 2)
    if (name === COOKIE && ID.test(value)) return value
  }
  return undefined
}

/** A new id: a UUID, the same for an event that is sent again where it has an id of its own. */
function newNetworkId(eid: unknown, random: Random): string {
  const isNamed = typeof eid === 'string' && eid !== ''
  const digits = isNamed ? hash('sha256', `${COOKIE}\n${eid}`, 'hex') : random(16).toString('hex')
  return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * The ids of the payloads of one request: that of the browser, or a new one for it; and where the
 * browser must not be known, one for each event.
 */
export function networkIds(
  eids: readonly unknown[],
  { headers, random }: Pick<SentRequest, 'headers' | 'random'>,
): readonly string[] {
  if (isUnwanted(headers)) return eids.map((eid) => newNetworkId(eid, random))
  const id = sentNetworkId(headers) ?? newNetworkId(eids[0], random)
  return eids.map(() => id)
}

/** The header that makes the browser keep the id. */
export function networkIdHeaders(
  headers: IncomingHttpHeaders,
  id: string,
): Readonly<Record<string, string>> {
  if (isUnwanted(headers)) return {}
  // Tricky: browsers take a cookie for other sites (SameSite=None) over https alone.
  const reach = headers['x-forwarded-proto'] === 'https' ? 'SameSite=None; Secure' : 'SameSite=Lax'
  return { 'Set-Cookie': `${COOKIE}=${id}; Path=/; Max-Age=${AGE_S}; HttpOnly; ${reach}` }
}
