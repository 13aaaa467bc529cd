/** sessions: one pass over each visitor's events in order; the client's own session goes first. */
import { compareText, type Read, type Row } from './event.ts'
import { different, groupBy, present } from './group.ts'
import { asNumber, decimalTextOrNull, sumUnits } from './money.ts'
import { mean } from './statistics.ts'
import { isoTime, MINUTE_US } from './time.ts'

const GAP_US = 30 * MINUTE_US
const STEPS_MAX = 200

const MEDIUMS: readonly (readonly [string, readonly string[]])[] = [
  ['paid', ['cpc', 'ppc', 'cpm', 'paid', 'paidsearch', 'display', 'banner']],
  ['email', ['email', 'e-mail', 'newsletter']],
  ['social', ['social', 'social-media', 'social_media', 'sm']],
  ['affiliate', ['affiliate', 'affiliates']],
  ['organic search', ['organic']],
  ['referral', ['referral']],
]
const SEARCH = ['google', 'bing', 'duckduckgo', 'yahoo', 'ecosia', 'baidu', 'yandex']
const SOCIAL = ['facebook', 'instagram', 'tiktok', 'pinterest', 'twitter', 'linkedin', 'youtube']
const NAMED_SOCIAL = [...SOCIAL, 'reddit', 'snapchat']

function hostOf(address: string | null | undefined): string | null {
  if (!address || !/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return null
  const authority = (address.split('://')[1] ?? '').split(/[/?#]/)[0] ?? ''
  const host = (authority.split('@').at(-1) ?? '').split(':')[0] ?? ''
  return host.toLowerCase().replace(/^www\./, '') || null
}

function channelOf({ event }: Read): string | null {
  const medium = event.utm_medium?.toLowerCase()
  const named = MEDIUMS.find(([, words]) => medium !== undefined && words.includes(medium))
  if (named) return named[0]
  if (present([event.utm_source, event.utm_campaign]).length > 0) return 'campaign'
  const host = hostOf(event.referrer)
  if (host === null || host === hostOf(event.page_url)) return null
  if (SEARCH.some((name) => host.includes(`${name}.`))) return 'organic search'
  if (NAMED_SOCIAL.some((name) => host.includes(`${name}.`))) return 'social'
  return ['t.co', 'x.com'].includes(host) ? 'social' : 'referral'
}

/** The events of one visitor and session id, divided where the visitor was silent. */
function dividedBySilence(members: readonly Read[]): readonly (readonly Read[])[] {
  const parts: Read[][] = []
  let last = Number.NEGATIVE_INFINITY
  for (const read of members) {
    if (read.time - last > GAP_US) parts.push([])
    parts.at(-1)?.push(read)
    last = read.time
  }
  return parts
}

const pageOf = ({ event }: Read) => event.page_url?.split('?')[0] ?? null

function stepsOf(members: readonly Read[]) {
  const kept = members.slice(0, STEPS_MAX)
  return {
    step_types: kept.map(({ event_type }) => event_type),
    step_times: kept.map(({ time }) => isoTime(time)),
    step_products: kept.map(({ product_id }) => product_id),
    step_categories: kept.map(({ category }) => category),
    step_pages: kept.map(pageOf),
    step_prices: kept.map(({ price }) => (price === null ? null : asNumber(price))),
    products: different(kept.map(({ product_id }) => product_id)).size,
    steps_truncated: members.length > STEPS_MAX,
  }
}

function measuresOf(members: readonly Read[]): Row {
  const of = (event_type: string) => members.filter((read) => read.event_type === event_type)
  const [begun, ended] = [members[0]?.time ?? 0, members.at(-1)?.time ?? 0]
  const firstOf = (column: (read: Read) => string | null | undefined) =>
    present(members.map(column))[0] ?? null
  const purchases = of('purchase')
  const price_avg = mean(present(members.map(({ price }) => price)))
  const quality = members.length * 0.3 + purchases.length * 0.5 + (price_avg ?? 0) * 0.2
  return {
    user_id:
      [...different(members.map(({ event }) => event.user_id))].sort(compareText).at(-1) ?? null,
    begun: isoTime(begun),
    ended: isoTime(ended),
    events: members.length,
    page_views: of('page').length,
    searches: of('search').length,
    views: of('view').length,
    carts: of('cart').length,
    removes_from_cart: of('remove_from_cart').length,
    wishlists: of('wishlist').length,
    checkouts: of('checkout').length,
    purchases: purchases.length,
    purchase_value: decimalTextOrNull(sumUnits(purchases.map(({ value }) => value))),
    price_avg,
    entry_page: present(members.slice(0, STEPS_MAX).map(pageOf))[0] ?? null,
    exit_page: present(members.slice(0, STEPS_MAX).map(pageOf)).at(-1) ?? null,
    referrer: firstOf(({ event }) => event.referrer),
    channel: firstOf(channelOf) ?? 'direct',
    utm_source: firstOf(({ event }) => event.utm_source),
    utm_medium: firstOf(({ event }) => event.utm_medium),
    utm_campaign: firstOf(({ event }) => event.utm_campaign),
    device_type: firstOf(({ event }) => event.device_type),
    ...stepsOf(members),
    duration_s: (ended - begun) / 1e6,
    converted: purchases.length > 0,
    bounced: members.length < 2,
    session_quality: quality * 100,
  }
}

export function sessions(events: readonly Read[]): readonly Row[] {
  const keysOf = ({ visitor_id, event }: Read) => [
    { visitor_id, session_id: event.session_id ?? null },
  ]
  return groupBy(events, keysOf).flatMap(({ keys, members }) => {
    const parts = keys.session_id === null ? dividedBySilence(members) : [members]
    return parts.map((part) => ({
      window_start: isoTime(part[0]?.time ?? 0),
      ...keys,
      ...measuresOf(part),
    }))
  })
}
