/**
 * What a request tells about the browser that sent it: its address, its program, and what it asks
 * us to forget. Only pages are looked at: where a shop's server or a program sends, address and
 * user agent are its own and say nothing about a visitor.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Settings } from '../std/settings.ts'
import { addressOf, keptAddress, trustedNetworks } from './addresses.ts'
import type { Sender } from './credentials.ts'
import { filtered } from './steps/step.ts'

/**
 * How much is kept of who a visitor is. `whole`: as sent. `no_address`: no network address.
 * `anonymous`: nothing that tells who, see `put_privacy`. `nothing`: the event is not kept.
 */
export type Privacy = 'whole' | 'no_address' | 'anonymous' | 'nothing'

export interface Client {
  /** Undefined where no page sent it. */
  readonly ip: string | undefined
  readonly user_agent: string | undefined
  readonly privacy: Privacy
}

/** What is known of a client when no request is looked at: rows of an imported file. */
export const NO_CLIENT: Client = Object.freeze({
  ip: undefined,
  user_agent: undefined,
  privacy: 'whole',
})

/** What becomes of everything that tells who somebody is, where their browser asks for that. */
export const OPTED_OUT = filtered('privacy_signal', 'the browser sent Sec-GPC: 1 or DNT: 1')

export type ClientReader = (request: IncomingMessage, kind: Sender['kind']) => Client

/** Throws `SETTINGS_INVALID` where `trusted_proxies` cannot be read. */
export function createClientReader(settings: Settings): ClientReader {
  const trusted = trustedNetworks(settings.trusted_proxies)
  return ({ headers, socket }, kind) => {
    const privacy = privacyOf(headers, settings)
    if (kind !== 'browser' || !isFromPage(headers)) {
      return { ip: undefined, user_agent: undefined, privacy }
    }
    const forwarded = headers['x-forwarded-for']
    const forwardedText = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
    return {
      ip: addressOf(socket.remoteAddress ?? '', forwardedText, trusted),
      user_agent: headers['user-agent'],
      privacy,
    }
  }
}

/**
 * Whether a page sent it. Tricky: a key of kind `browser` is no proof, since whoever tries the
 * collector with curl, or runs an SDK for servers against it on their own machine, has the same.
 */
function isFromPage(headers: IncomingHttpHeaders): boolean {
  return (
    headers.origin !== undefined ||
    headers.referer !== undefined ||
    headers['sec-fetch-site'] !== undefined
  )
}

function privacyOf(headers: IncomingHttpHeaders, { privacy_signals }: Settings): Privacy {
  const asked = headers['sec-gpc'] === '1' || headers.dnt === '1'
  if (asked && privacy_signals === 'drop') return 'nothing'
  if (asked && privacy_signals === 'anonymise') return 'anonymous'
  return headers['sp-anonymous'] === undefined ? 'whole' : 'no_address'
}

/** An address as JSON and as a query say it: `"ip":"1.2.3.4"`, `ip=1.2.3.4`. */
const ADDRESS_SAID = /("ip(?:_address)?"\s*:\s*"|[?&]ip=)([^"&\s]{2,64})/g

/**
 * What may be kept of what was sent with a refused event, so that no wish about addresses and
 * visitors ends where an event is invalid.
 */
export function keptRaw(raw: string, { privacy }: Client, { ip_address }: Settings): string {
  if (privacy === 'anonymous' || privacy === 'nothing') return ''
  const policy = privacy === 'no_address' ? 'drop' : ip_address
  if (policy === 'keep') return raw
  return raw.replace(ADDRESS_SAID, (_, before: string, address: string) => {
    return before + (keptAddress(address, policy) ?? '')
  })
}
