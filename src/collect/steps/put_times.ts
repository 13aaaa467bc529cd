import { epochMs, isoTime } from '../times.ts'
import { Dropped, invalid, type StepContext, step } from './step.ts'

/** Clocks that differ less are taken as right: networks and batching delay that much, too. */
const SKEW_MS_MIN = 60_000

/** A time by the client's clock as ours shows it, as far as the client told when it sent it. */
export function correctedTime(client_time: string, context: StepContext): string | Dropped {
  const { received_ms, received_at, sent_ms, settings } = context
  const skew_ms = sent_ms === undefined ? 0 : received_ms - sent_ms
  const shift_ms = Math.abs(skew_ms) > SKEW_MS_MIN ? skew_ms : 0
  const time = shift_ms === 0 ? client_time : isoTime(client_time, shift_ms)
  if (time === undefined) {
    return invalid('bad_time', `the time ${client_time}, corrected, lies before 1970`)
  }
  if (epochMs(time) > received_ms + settings.future_ms_max) {
    return invalid('in_future', `the time is ${client_time}; it was received at ${received_at}`)
  }
  return time
}

export const putTimes = step(
  'put_times',
  'places the event in time: the client time, corrected by when it was sent; else the receipt',
  (event, context) => {
    // A format that knows the true time has written it: then there is nothing to correct.
    const told = (event.event_time ?? event.client_time) as string | undefined
    const sent_ms = event.event_time === undefined ? context.sent_ms : undefined
    const time =
      told === undefined ? context.received_at : correctedTime(told, { ...context, sent_ms })
    if (time instanceof Dropped) return time
    event.event_time = time
    return event
  },
)
