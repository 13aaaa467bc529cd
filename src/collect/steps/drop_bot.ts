import { createIsBotFromList, list } from 'isbot'
import { filtered, step } from './step.ts'

/**
 * The list also takes any short user agent for a program's (`MyShop/3.1`), by its shape alone. That
 * would lose the customers of a shop's own app, so only entries that name somebody are used.
 */
const isBot = createIsBotFromList(
  list.filter((pattern) => /[a-z]{3}/i.test(pattern.replace(/\\\w|\[[^\]]*\]/g, ''))),
)

export const dropBot = step(
  'drop_bot',
  'leaves out events of crawlers and other programs, by their user agent; setting `bots`',
  (event, { settings }) => {
    if (settings.bots === 'keep' || event.user_agent === undefined) return event
    const userAgent = String(event.user_agent)
    return isBot(userAgent) ? filtered('bot', `the user agent is "${userAgent}"`) : event
  },
)
