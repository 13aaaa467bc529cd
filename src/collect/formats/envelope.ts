/**
 * Events in envelopes: POST /collect with one or an array of
 *
 *   {"id":1,"type":"click","package_id":"unique-id","event":{"user_agent":"...","ip":"192.168.1.1",
 *    "customer_id":12345,"timestamp":"2024-01-15T10:30:00Z","page":"/home"}}
 *
 * `package_id:id` is the event's id, so a package sent twice counts once. The answer holds one
 * verdict for each envelope.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import { shown } from '../columns.ts'
import { putProperty, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { eventFields, readEvent } from './event_fields.ts'
import type { EventFormat, Outcomes } from './format.ts'
import { jsonParts } from './json_body.ts'

const FIELDS = eventFields({ aliases: { customer_id: 'user_id', page: 'page_url' } })
const ENVELOPE_FIELDS: ReadonlySet<string> = new Set(['id', 'type', 'package_id', 'event'])

/** A part of the id: a text or a number, as the sender numbers its events. */
function idPart(value: unknown, name: string): string | Dropped {
  if (typeof value === 'string' && value !== '') return value
  if (Number.isSafeInteger(value)) return String(value)
  if (value === undefined || value === null || value === '') {
    return invalid('missing_field', `${name} is missing`)
  }
  return invalid('wrong_type', `${name} must be a text or a whole number`)
}

/** What the envelope itself says of the event, or its first mistake. */
function openEnvelope(value: Readonly<Record<string, unknown>>): Target | Dropped {
  const packageId = idPart(value.package_id, 'package_id')
  if (packageId instanceof Dropped) return packageId
  const id = idPart(value.id, 'id')
  if (id instanceof Dropped) return id
  if (value.type === undefined) return invalid('missing_field', 'type is missing')
  const target: Target = {}
  const said = { event_id: `${packageId}:${id}`, event_type: value.type }
  const dropped = readFields(said, FIELDS, target)
  if (dropped) return dropped
  for (const name of Object.keys(value)) {
    if (!ENVELOPE_FIELDS.has(name)) putProperty(target, name, value[name])
  }
  return target
}

function readEnvelope(value: object): CanonicalEvent | Dropped {
  const target = openEnvelope(value as Readonly<Record<string, unknown>>)
  if (target instanceof Dropped) return target
  const { event } = value as { readonly event?: unknown }
  if (event === undefined) return invalid('missing_field', 'event is missing')
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return invalid('wrong_type', `event is ${shown(event)}; it must be an object`)
  }
  return readEvent(event, FIELDS, target)
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined
}

function verdicts({ values, refused }: Outcomes): unknown {
  const answers = values.map((value): object => ({ id: idOf(value) ?? null, status: 'accepted' }))
  for (const { index, dropped } of refused) {
    const { verdict, reason, detail } = dropped
    answers[index] = { ...answers[index], status: verdict, reason, detail }
  }
  return answers
}

export const envelope: EventFormat = Object.freeze<EventFormat>({
  name: 'envelope',
  about: 'events in envelopes with id, type and package_id; one verdict for each',
  kind: 'events',
  paths: ['/collect'],
  split: ({ text }, values_max) => jsonParts(text, values_max),
  event: readEnvelope,
  answer: verdicts,
})
