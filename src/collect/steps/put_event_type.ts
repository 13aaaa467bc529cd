import { step } from './step.ts'

/** Words that other shops and programs use for our event types. */
export const EVENT_TYPE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['add_to_cart', 'cart'],
  ['addtocart', 'cart'],
  ['buy', 'purchase'],
  ['order', 'purchase'],
  ['page_view', 'page'],
  ['pageview', 'page'],
  ['product_view', 'view'],
  ['removefromcart', 'remove_from_cart'],
  ['sign_up', 'signup'],
  ['transaction', 'purchase'],
  ['view_item', 'view'],
])

export const putEventType = step(
  'put_event_type',
  'writes the event type in lower case and under the name that the tables know',
  (event) => {
    const word = event.event_type.toLowerCase()
    event.event_type = EVENT_TYPE_ALIASES.get(word) ?? word
    return event
  },
)
