/**
 * A REES46 file as live traffic: each row becomes an event, sent at the file's own pace times a
 * speed, or at a fixed rate. The same file gives the same event ids every time.
 */
import type { Delivery, SimulatedEvent, TimeOf } from '../traffic.ts'
import type { NumberedRow, Rees46File } from './read.ts'

export interface ReplayPlan {
  /** `speed` 60: an hour of the file a minute. `rate`: events a second, whatever the times. */
  readonly pace: { readonly speed: number } | { readonly rate: number }
  readonly timeOf: TimeOf
  /** `kept`: times as they stand in the file. `sent`: each event happens when it is sent. */
  readonly times: 'kept' | 'sent'
  /** Stands before the row number in every event_id. */
  readonly idPrefix: string
}

export async function* replayTraffic(file: Rees46File, plan: ReplayPlan): AsyncGenerator<Delivery> {
  const { pace, timeOf, times, idPrefix } = plan
  let first_ms: number | undefined
  let sent = 0
  for await (const numbered of file.rows()) {
    first_ms ??= numbered.time_ms
    const offset_ms =
      'rate' in pace ? (sent * 1_000) / pace.rate : (numbered.time_ms - first_ms) / pace.speed
    sent++
    const send_ms = timeOf(offset_ms)
    const time_ms = times === 'kept' ? numbered.time_ms : send_ms
    const event = eventOf(numbered, time_ms, idPrefix)
    yield { key: numbered.row.user_id || numbered.row.user_session, event, send_ms }
  }
}

/** Rows of one second keep their order by their ids, which are padded. */
function eventOf({ number, row }: NumberedRow, time_ms: number, idPrefix: string): SimulatedEvent {
  const price = Number(row.price)
  return {
    event_id: `${idPrefix}${String(number).padStart(10, '0')}`,
    event_type: row.event_type,
    timestamp: new Date(time_ms).toISOString(),
    ...present('user_id', row.user_id),
    ...present('session_id', row.user_session),
    ...present('product_id', row.product_id),
    ...present('category', row.category_code),
    ...present('brand', row.brand),
    // What is no number goes as it stands: it is the collector's to judge.
    ...(row.price === '' ? {} : { price: Number.isFinite(price) ? price : row.price }),
    ...(row.category_id === '' ? {} : { properties: { category_id: row.category_id } }),
  }
}

function present(name: string, cell: string): Record<string, string> {
  return cell === '' ? {} : { [name]: cell }
}
