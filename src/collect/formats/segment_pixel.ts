/**
 * RudderStack's pixel: a call as the address of an image, for places without a script (mails).
 *
 *   GET /pixel/v1/track?writeKey=K&anonymousId=a1&event=Email%20Opened&properties.campaign=spring
 *
 * A name with points is a path into the call; a text of JSON is what it says.
 */
import type { MixedFormat, Parts, SentRequest } from './format.ts'
import { PIXEL_REPLY } from './reply.ts'
import { readCall } from './segment_call.ts'

const DEPTH_MAX = 8

function readValue(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text // It only looked like JSON.
  }
}

type Branch = Record<string, unknown>

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tricky: objects have no prototype here, so `__proto__` in a name reaches nothing. */
function putAt(call: Branch, name: string, value: unknown): void {
  const names = name.split('.')
  if (names.length > DEPTH_MAX || names.includes('')) {
    call[name] = value
    return
  }
  let branch = call
  for (const step of names.slice(0, -1)) {
    const next = branch[step]
    const open: Branch = isBranch(next) ? next : Object.create(null)
    branch[step] = open
    branch = open
  }
  branch[names.at(-1) ?? name] = value
}

function split({ path, query }: SentRequest): Parts {
  const call: Branch = Object.create(null)
  for (const [name, text] of query) {
    if (name !== 'writeKey') putAt(call, name, readValue(text))
  }
  const type = path.slice(path.lastIndexOf('/') + 1)
  return { values: [{ ...call, type }], raw: () => query.toString() }
}

export const segmentPixel: MixedFormat = Object.freeze<MixedFormat>({
  name: 'segment_pixel',
  about: "RudderStack's pixel: a track or page call in the address of an image",
  kind: 'mixed',
  paths: ['/pixel/v1/track', '/pixel/v1/page'],
  methods: ['GET'],
  split,
  entries: readCall,
  answer: () => PIXEL_REPLY,
})
