/** Who a visitor is, told by hand: a link to a person, made or undone. */
import { waitUntilVisible } from '../lag.ts'
import { nullable, object, type Route, text } from '../route.ts'

const WAIT_MS_MAX = 30_000

export const linkVisitor: Route = {
  method: 'POST',
  path: '/api/identity',
  summary: 'Links a visitor to a person, or with null to nobody; answers when it is in the tables.',
  access: 'admin',
  body: {
    type: 'object',
    properties: {
      visitor_id: { type: 'string', minLength: 1, description: 'the visitor' },
      person_id: { type: ['string', 'null'], description: 'the person; null undoes the link' },
    },
    required: ['visitor_id', 'person_id'],
    additionalProperties: false,
  },
  answer: object({
    visitor_id: text('the visitor'),
    outcome: { type: 'string', enum: ['linked', 'unlinked', 'unchanged'] },
    before: nullable('string', 'whom the visitor was linked to before'),
    person_id: nullable('string', 'whom the visitor is linked to now'),
    visible: { type: 'string', enum: ['visible', 'late'] },
  }),
  handle: async (context, { body }) => {
    // What is durable but not in the tables yet may be the very link that is to be undone.
    await waitUntilVisible(context, WAIT_MS_MAX)
    const person_id = body.person_id === null ? null : String(body.person_id)
    const told = await context.links.tell(String(body.visitor_id), person_id)
    return { ...told, visible: await waitUntilVisible(context, WAIT_MS_MAX) }
  },
}
