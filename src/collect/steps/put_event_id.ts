import { hash } from 'node:crypto'
import { step } from './step.ts'

/**
 * Tricky: must run before any step that adds what a retry would not repeat (the time of receipt),
 * and two events alike in everything, their time included, are one event.
 */
export const putEventId = step(
  'put_event_id',
  'gives an event without an id one that a retry repeats, or, without a time, a random one',
  (event, context) => {
    if (event.event_id) return event
    event.event_id = event.client_time
      ? hash('sha256', `${context.source}\n${JSON.stringify(event)}`, 'hex').slice(0, 32)
      : context.random(16).toString('hex')
    return event
  },
)
