/**
 * Snowplow's self-describing JSON, and how a tracker packs it into one parameter. It unpacks; what
 * the data mean is said elsewhere.
 *
 *   ue_pr / co   the JSON as text                      ue_px / cx   the same in base64url
 *
 *   {"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0",
 *    "data":{"schema":"iglu:com.acme/review/jsonschema/1-0-0","data":{"stars":5}}}
 */

import { isObject } from './sent_object.ts'

/** `iglu:VENDOR/NAME/FORMAT/VERSION` and the data it describes. */
export interface SelfDescribing {
  readonly schema: string
  readonly vendor: string
  readonly name: string
  readonly data: unknown
}

const SCHEMA = /^iglu:([\w.-]{1,128})\/([\w.-]{1,128})\/[\w.-]{1,64}\/\d+-\d+-\d+$/

/** The parts of a self-describing JSON; undefined when it is none. */
export function selfDescribing(value: unknown): SelfDescribing | undefined {
  if (!isObject(value) || typeof value.schema !== 'string') return undefined
  const [schema, vendor, name] = SCHEMA.exec(value.schema) ?? []
  if (schema === undefined || vendor === undefined || name === undefined) return undefined
  return { schema, vendor, name, data: value.data }
}

/** Packed parameters and the name under which they stand unpacked. */
const PACKED: Readonly<Record<string, readonly ['ue' | 'co', 'text' | 'base64url']>> = {
  ue_pr: ['ue', 'text'],
  ue_px: ['ue', 'base64url'],
  co: ['co', 'text'],
  cx: ['co', 'base64url'],
}

function unpacked(value: unknown, packing: 'text' | 'base64url'): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(packing === 'text' ? value : Buffer.from(value, 'base64url').toString())
  } catch {
    return value // It is kept as it came, and refused where an object is due.
  }
}

/**
 * A payload with what it had packed under `ue` and `co`. Anything else stays as it is, so that the
 * bounds on shape are then checked on the whole of it.
 */
export function unpackPayload(payload: unknown): unknown {
  if (!isObject(payload)) return payload
  const taken = new Set(Object.keys(payload))
  const open = Object.entries(payload).map(([name, value]) => {
    const [target, packing] = Object.hasOwn(PACKED, name) ? (PACKED[name] ?? []) : []
    if (target === undefined || packing === undefined) return [name, value]
    if (target !== name && taken.has(target)) return [name, value]
    taken.add(target)
    return [target, unpacked(value, packing)]
  })
  return Object.fromEntries(open)
}
