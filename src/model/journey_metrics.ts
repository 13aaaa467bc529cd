/** Which event follows which, over all sessions; put together when it is asked for. */
import { double, integer, text } from './stream.ts'

export const journeyMetrics = Object.freeze({
  about: 'which event follows which in a session, how often, and after how long',
  columns: {
    from_event: text('the event type; (entered) comes before the first step'),
    to_event: text('the one that follows; (left) after the last step, (more) after the 200th'),
    transitions: integer('how often the one follows the other'),
    sessions: integer('in how many sessions'),
    share_of_from: double('of all that follows the event'),
    seconds_mean: double('seconds between the two, on average'),
    seconds_median: double('half of them take longer, in seconds'),
  },
})
