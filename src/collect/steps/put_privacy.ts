/**
 * What is not to be kept leaves the event here, the last of our steps. The network address goes by
 * the setting `ip_address`. An `anonymous` event (see `Privacy`) keeps no address, no user agent
 * and no user_id, nor what SDKs tell of a visitor beside the event; anonymous_id and session_id are
 * replaced by ones that the same browser has for one day: a visit stays a visit, and nobody is
 * followed from day to day. What the page itself says of the event stays.
 */
import { hash } from 'node:crypto'
import type { CanonicalEvent } from '../../model/record.ts'
import { keptAddress } from '../addresses.ts'
import { type StepContext, step } from './step.ts'

/** Where SDKs put what they know of the visitor and the device. */
const PERSONAL_PROPERTIES = [
  ...['context', 'contexts', 'traits', 'user_properties', 'user_data'],
  ...['network_userid', 'user_fingerprint'],
]

export const putPrivacy = step(
  'put_privacy',
  'keeps of the visitor what the settings ip_address and privacy_signals allow',
  (event, context) => {
    const privacy = context.client?.privacy ?? 'whole'
    if (privacy === 'anonymous') anonymise(event, context)
    if (event.ip === undefined) return event
    const policy = privacy === 'whole' ? context.settings.ip_address : 'drop'
    const kept = keptAddress(String(event.ip), policy)
    if (kept === undefined) delete event.ip
    else event.ip = kept
    return event
  },
)

/**
 * Tricky: a user_id is never hashed. Whoever has the list of customers could hash it, too, and see
 * who it was; so where nothing else names the visitor, each event is a visitor of its own.
 */
function anonymise(event: CanonicalEvent, { source }: StepContext): void {
  const day = String(event.client_time ?? event.event_time).slice(0, 10)
  const pseudonym = (id: string | number) =>
    hash('sha256', [source, day, id].join('\n'), 'hex').slice(0, 32)
  const { anonymous_id, session_id } = event
  event.anonymous_id = pseudonym(anonymous_id ?? session_id ?? event.event_id)
  if (session_id !== undefined) event.session_id = pseudonym(session_id)
  delete event.user_id
  delete event.user_agent
  for (const name of PERSONAL_PROPERTIES) delete event.properties?.[name]
}
