import { step } from './step.ts'

/** As many characters as the column takes; browsers' own are shorter. */
const USER_AGENT_MAX = 1_024

/** Tricky: must run after `put_event_id`; a retry may come from another network. */
export const putClient = step(
  'put_client',
  'writes the address and the user agent of the page that sent the event, where it says none',
  (event, { client }) => {
    if (client?.ip !== undefined) event.ip ??= client.ip
    if (client?.user_agent) event.user_agent ??= client.user_agent.slice(0, USER_AGENT_MAX)
    return event
  },
)
