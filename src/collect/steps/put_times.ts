import { epochMs, isoTime } from '../times.ts'
import { invalid, step } from './step.ts'

/** Clocks that differ less are taken as right: networks and batching delay that much, too. */
const SKEW_MS_MIN = 60_000

export const putTimes = step(
  'put_times',
  'places the event in time: the client time, corrected by when it was sent; else the receipt',
  (event, { received_ms, received_at, sent_ms, settings }) => {
    const client_time = event.client_time as string | undefined
    if (client_time === undefined) {
      event.event_time = received_at
      return event
    }
    const skew_ms = sent_ms === undefined ? 0 : received_ms - sent_ms
    const shift_ms = Math.abs(skew_ms) > SKEW_MS_MIN ? skew_ms : 0
    const event_time = shift_ms === 0 ? client_time : isoTime(client_time, shift_ms)
    if (event_time === undefined) {
      return invalid('bad_time', `the time ${client_time}, corrected, lies before 1970`)
    }
    if (epochMs(event_time) > received_ms + settings.future_ms_max) {
      return invalid('in_future', `the time is ${client_time}; it was received at ${received_at}`)
    }
    event.event_time = event_time
    return event
  },
)
