/** Erasing people: what would go, the request, how far it is, and whether anything is left. */
import { ClickpathError } from '../../std/errors.ts'
import { waitUntilVisible } from '../lag.ts'
import {
  type Call,
  count,
  list,
  nullable,
  object,
  type Route,
  type Schema,
  type ServeContext,
  text,
} from '../route.ts'

const WAIT_MS_MAX = 30_000

const IDS: Schema = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  description: 'user ids, visitors or persons; all visitors linked to them are meant',
}
const idsOf = (body: Call['body']) => (body.ids as readonly unknown[]).map(String)
const PERSON = {
  identifiers: list(text('an id'), 'every identifier of these people'),
  shared: list(text('a visitor'), 'devices that others have used too: they stay'),
}
const RECORDS: Schema = { type: 'object', description: 'records of the log, by kind' }

/** Who is meant is asked of the tables: what is durable must be in them. */
async function level(context: ServeContext): Promise<void> {
  if ((await waitUntilVisible(context, WAIT_MS_MAX)) === 'visible') return
  throw new ClickpathError('BUSY', 'The tables are behind the log. Ask again when they are level.')
}

export const previewErasure: Route = {
  method: 'POST',
  path: '/api/erase/preview',
  summary: 'What erasing people would remove; changes nothing.',
  access: 'admin',
  body: {
    type: 'object',
    properties: { ids: IDS },
    required: ['ids'],
    additionalProperties: false,
  },
  answer: object({
    ...PERSON,
    visitors: count('visitors'),
    events: count('events in the tables'),
    orders: count('orders'),
    records: RECORDS,
    segments: count('segments of the log, and files of its archive, that hold some of them'),
    bytes: count('of these records, roughly'),
  }),
  handle: async (context, { body }) => {
    await level(context)
    return context.erasures.preview(idsOf(body))
  },
}

export const erase: Route = {
  method: 'POST',
  path: '/api/erase',
  summary:
    'Erases people, for good: answers when the request is durable; `/api/erasures` tells the rest.',
  access: 'admin',
  body: {
    type: 'object',
    properties: { ids: IDS },
    required: ['ids'],
    additionalProperties: false,
  },
  answer: object({ erasure: text('the erasure'), ...PERSON }),
  handle: async (context, { body }) => {
    await level(context)
    const begun = await context.erasures.begin(idsOf(body))
    void context.erasures.finishSoon()
    return begun
  },
}

const RECEIPT = {
  erasure: text('the erasure'),
  requested_at: text('what happened until then is erased'),
  completed_at: nullable('string', 'null while it is not done'),
  hashes: list(text('HMAC-SHA-256 of an identifier')),
}

export const listErasures: Route = {
  method: 'GET',
  path: '/api/erasures',
  summary: 'The receipts of all erasures, the latest first; they name nobody.',
  access: 'admin',
  answer: object({ erasures: list(object(RECEIPT)) }),
  handle: async ({ erasures }) => ({ erasures: erasures.receipts() }),
}

export const readErasure: Route = {
  method: 'GET',
  path: '/api/erasures/:erasure',
  summary: 'The receipt of one erasure: what was removed, and where.',
  access: 'admin',
  params: { erasure: text('an erasure of /api/erasures') },
  answer: object(RECEIPT),
  handle: async ({ erasures }, { params }) => {
    const found = erasures.receipts().find(({ erasure: id }) => id === params.erasure)
    if (!found) throw new ClickpathError('UNKNOWN_ERASURE', params.erasure ?? '')
    return found
  },
}

export const searchErased: Route = {
  method: 'POST',
  path: '/api/erasures/search',
  summary: 'Looks for ids in every file of the data folder and every table of the database.',
  access: 'admin',
  body: {
    type: 'object',
    properties: { ids: IDS },
    required: ['ids'],
    additionalProperties: false,
  },
  answer: object({
    found: count('how often any of them was found'),
    files: count('files that were looked through'),
    bytes: count('bytes of these files'),
    tables: count('tables of the database that were looked through'),
    places: list(
      object({
        where: text('a file of the folder, or a table'),
        how: { type: 'string', enum: ['bytes', 'values'] },
        found: count('how often'),
      }),
    ),
  }),
  handle: ({ erasures }, { body }) => erasures.search(idsOf(body)),
}
