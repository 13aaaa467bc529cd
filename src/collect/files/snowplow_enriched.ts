/**
 * A line of Snowplow's enriched events (131 columns apart by tabs) as the payload that its tracker
 * had sent, with what the enrichment added beside it under its own names.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Target } from '../fields.ts'
import type { Fields } from '../formats/sent_object.ts'
import { readPayload } from '../formats/snowplow_event.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { isoTime } from '../times.ts'

/** In the order in which they stand in a line. */
const COLUMNS = `app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id
txn_id name_tracker v_tracker v_collector v_etl user_id user_ipaddress user_fingerprint
domain_userid domain_sessionidx network_userid geo_country geo_region geo_city geo_zipcode
geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed page_url
page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath page_urlquery
page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery
refr_urlfragment refr_medium refr_source refr_term mkt_medium mkt_source mkt_term mkt_content
mkt_campaign contexts se_category se_action se_label se_property se_value unstruct_event
tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country ti_orderid
ti_sku ti_name ti_category ti_price ti_quantity pp_xoffset_min pp_xoffset_max pp_yoffset_min
pp_yoffset_max useragent br_name br_family br_version br_type br_renderengine br_lang
br_features_pdf br_features_flash br_features_java br_features_director br_features_quicktime
br_features_realplayer br_features_windowsmedia br_features_gears br_features_silverlight
br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer os_timezone
dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height
tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency
geo_timezone mkt_clickid mkt_network etl_tags dvce_sent_tstamp refr_domain_userid
refr_dvce_tstamp derived_contexts domain_sessionid derived_tstamp event_vendor event_name
event_format event_version event_fingerprint true_tstamp`.split(/\s+/)

/** Columns to the tracker's own parameters; all others keep their names. */
const PARAMETERS: Readonly<Record<string, string>> = {
  event_id: 'eid',
  user_id: 'uid',
  domain_userid: 'duid',
  domain_sessionid: 'sid',
  network_userid: 'nuid',
  page_url: 'url',
  page_referrer: 'refr',
  page_title: 'page',
  user_ipaddress: 'ip',
  useragent: 'ua',
  platform: 'p',
  se_category: 'se_ca',
  se_action: 'se_ac',
  se_label: 'se_la',
  se_property: 'se_pr',
  se_value: 'se_va',
  unstruct_event: 'ue',
  contexts: 'co',
  tr_orderid: 'tr_id',
  tr_affiliation: 'tr_af',
  tr_total: 'tr_tt',
  tr_tax: 'tr_tx',
  tr_shipping: 'tr_sh',
  tr_city: 'tr_ci',
  tr_state: 'tr_st',
  tr_country: 'tr_co',
  tr_currency: 'tr_cu',
  ti_orderid: 'ti_id',
  ti_sku: 'ti_sk',
  ti_name: 'ti_nm',
  ti_category: 'ti_ca',
  ti_price: 'ti_pr',
  ti_quantity: 'ti_qu',
  ti_currency: 'ti_cu',
}

const KINDS: Readonly<Record<string, string>> = {
  page_view: 'pv',
  page_ping: 'pp',
  unstruct: 'ue',
  struct: 'se',
  transaction: 'tr',
  transaction_item: 'ti',
}

/** Columns that hold JSON. */
const NESTED: ReadonlySet<string> = new Set(['unstruct_event', 'contexts', 'derived_contexts'])
/** The best time first: said to be true, corrected for the device's clock, when it came in. */
export const ENRICHED_TIMES = [
  'true_tstamp',
  'derived_tstamp',
  'collector_tstamp',
  'dvce_created_tstamp',
] as const
/** What was repeated from other columns, or tells of the pipeline's own work. */
const LEFT_OUT: ReadonlySet<string> = new Set(['event', 'etl_tstamp', 'v_etl', 'v_collector'])

const TIME = 'clickpath_time'

function opened(name: string, text: string): unknown {
  return NESTED.has(name) ? JSON.parse(text) : text
}

/** The payload of a line; throws where nested JSON is none. Another number of cells is said. */
export function payloadOfLine(line: string): unknown {
  const cells = line.split('\t')
  const payload: Record<string, unknown> = {}
  if (cells.length !== COLUMNS.length) return { cells: cells.length }
  for (const [index, name] of COLUMNS.entries()) {
    const text = cells[index] ?? ''
    if (text === '' || LEFT_OUT.has(name)) continue
    payload[PARAMETERS[name] ?? name] = opened(name, text)
  }
  payload.e = KINDS[cells[COLUMNS.indexOf('event')] ?? ''] ?? cells[COLUMNS.indexOf('event')]
  const time = ENRICHED_TIMES.find((name) => payload[name] !== undefined)
  if (time) payload[TIME] = payload[time]
  return payload
}

const CAMPAIGN = ['source', 'medium', 'campaign', 'term', 'content'] as const

/** The campaign as the enrichment read it, where the page's address does not say it. */
function putCampaign(target: Target): void {
  for (const word of CAMPAIGN) {
    const told = target.properties?.[`mkt_${word}`]
    if (typeof told === 'string' && told.length <= 512) target[`utm_${word}`] ??= told
  }
}

/** The canonical event of a payload made above. */
export function eventOfPayload(payload: Fields): CanonicalEvent | Dropped {
  if (typeof payload.cells === 'number' && payload.e === undefined) {
    const due = `${COLUMNS.length} apart by tabs`
    return invalid('unreadable_row', `the row has ${payload.cells} cells; there must be ${due}`)
  }
  const { [TIME]: told, ...sent } = payload
  const event = readPayload(sent)
  if (event instanceof Dropped) return event
  const time = typeof told === 'string' ? isoTime(told) : undefined
  if (time === undefined) {
    const detail = told === undefined ? 'is missing' : `is ${String(told).slice(0, 60)}`
    return invalid('bad_time', `the time ${detail}; it must be like 2026-01-31 12:00:00.000`)
  }
  event.client_time = time
  const target: Target = event
  putCampaign(target)
  if (typeof target.properties?.dvce_type === 'string') {
    const [device = ''] = target.properties.dvce_type.toLowerCase().split(' ')
    if (device.length <= 64) target.device_type ??= device === 'computer' ? 'desktop' : device
  }
  return event
}
