/** Who a visitor turned out to be: said by every event that names both the visitor and the customer. */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Entry } from '../formats/format.ts'

/** The link of the event's visitor to its customer, where it names both. */
export function identityOf({
  anonymous_id,
  user_id,
  client_time,
}: CanonicalEvent): readonly Entry[] {
  if (anonymous_id === undefined || user_id === undefined) return []
  return [
    {
      kind: 'identity',
      key: String(anonymous_id),
      row: { person_id: String(user_id) },
      client_time: client_time === undefined ? undefined : String(client_time),
    },
  ]
}
