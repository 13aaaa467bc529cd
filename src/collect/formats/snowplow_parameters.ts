/**
 * The parameters of Snowplow's tracker protocol: which column each one fills, and under which name
 * the others stay in `properties` (those of Snowplow's own event table, which its users know).
 */
import { events } from '../../model/events.ts'
import { type FieldTable, fieldTable } from '../fields.ts'
import { NETWORK_ID } from './snowplow_people.ts'

/** Parameters to columns. */
const COLUMNS = {
  eid: 'event_id',
  duid: 'anonymous_id',
  uid: 'user_id',
  sid: 'session_id',
  url: 'page_url',
  refr: 'referrer',
  ip: 'ip',
  ua: 'user_agent',
  tr_id: 'order_id',
  tr_tt: 'revenue',
  tr_cu: 'currency',
  ti_id: 'order_id',
  ti_sk: 'product_id',
  ti_ca: 'category',
  ti_pr: 'price',
  ti_qu: 'quantity',
  ti_cu: 'currency',
} as const

/** Parameters to names in `properties`; one that stands nowhere keeps its own. */
const PROPERTIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aid: 'app_id',
    p: 'platform',
    tv: 'v_tracker',
    tna: 'name_tracker',
    tid: 'txn_id',
    vid: 'domain_sessionidx',
    nuid: 'network_userid',
    tnuid: 'network_userid',
    fp: 'user_fingerprint',
    lang: 'br_lang',
    tz: 'os_timezone',
    cookie: 'br_cookies',
    cd: 'br_colordepth',
    cs: 'doc_charset',
    res: 'screen',
    vp: 'viewport',
    ds: 'document_size',
    page: 'page_title',
    pp_mix: 'pp_xoffset_min',
    pp_max: 'pp_xoffset_max',
    pp_miy: 'pp_yoffset_min',
    pp_may: 'pp_yoffset_max',
    se_ca: 'se_category',
    se_ac: 'se_action',
    se_la: 'se_label',
    se_pr: 'se_property',
    se_va: 'se_value',
    tr_af: 'affiliation',
    tr_tx: 'tax',
    tr_sh: 'shipping',
    tr_ci: 'city',
    tr_st: 'state',
    tr_co: 'country',
    ti_nm: 'product_name',
  }),
)

/**
 * Parameters that are read elsewhere. Tricky: `stm` must not stay in `properties`: it is the one
 * thing that differs when a tracker sends an event again.
 */
const CONSUMED = ['e', 'dtm', 'stm', 'ttm', 'ue', 'co', 'writeKey', NETWORK_ID] as const

function parameterTable(): FieldTable {
  const whole = fieldTable(events.declaration.columns, { aliases: COLUMNS, consumed: CONSUMED })
  // The names of columns are no parameters: what is sent under one is a property like any other.
  const names = new Set<string>([...Object.keys(COLUMNS), ...CONSUMED])
  return new Map([...whole].filter(([name]) => names.has(name)))
}

export const PARAMETERS: FieldTable = parameterTable()

export function propertyName(parameter: string): string {
  return PROPERTIES.get(parameter) ?? parameter
}
