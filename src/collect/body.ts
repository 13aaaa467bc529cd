/**
 * Reads request bodies within bounds: each one's bytes as sent and as inflated, and the bytes of
 * all together. It decodes; it does not parse.
 */
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'

/** How much of a refused body is still read, so that its sender gets to see the answer. */
const DISCARD_BYTES_MAX = 64_000_000

const inflate = promisify(gunzip)

type BodySettings = Pick<Settings, 'body_bytes_max' | 'bodies_bytes_max'>

/** The bytes of all bodies that are held now. */
export class BodyBudget {
  readonly #bytes_max: number
  #bytes = 0

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Throws `BUSY` when they do not fit; nothing is taken then. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#bytes_max) {
      throw new ClickpathError('BUSY', 'Too many requests are being read; send it again later.')
    }
    this.#bytes += bytes
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}

/** One body: its text, and what it holds of the budget until it is let go. */
export interface Body {
  readonly text: string
  readonly held_bytes: number
}

/**
 * Reads and decodes a body. Throws `BODY_TOO_LARGE`, `BODY_UNREADABLE` or `BUSY`; then it holds
 * nothing of the budget. Bytes that are no UTF-8 become U+FFFD rather than fail a whole batch.
 */
export async function readBody(
  request: IncomingMessage,
  settings: BodySettings,
  budget: BodyBudget,
): Promise<Body> {
  const encoding = encodingOf(request)
  const sent = await readBytes(request, settings.body_bytes_max, budget)
  if (encoding === 'identity') return { text: textOf(sent), held_bytes: sent.length }
  let held_bytes = sent.length
  try {
    const inflated = await inflateWithin(sent, settings.body_bytes_max)
    budget.take(inflated.length)
    held_bytes += inflated.length
    return { text: textOf(inflated), held_bytes }
  } catch (error) {
    budget.give(held_bytes)
    throw error
  }
}

function encodingOf(request: IncomingMessage): 'identity' | 'gzip' {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return 'identity'
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip'
  discard(request)
  const detail = `its encoding is "${encoding.slice(0, 40)}"; send gzip or none`
  throw new ClickpathError('BODY_UNREADABLE', detail)
}

function textOf(bytes: Buffer): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', hasMark ? 3 : 0)
}

/** The inflating stops at the bound: a bomb costs no more memory than an honest body. */
async function inflateWithin(bytes: Buffer, bytes_max: number): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: bytes_max })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ClickpathError('BODY_TOO_LARGE', bytes_max)
    }
    throw new ClickpathError('BODY_UNREADABLE', `it is no whole gzip: ${messageOf(thrown)}`)
  }
}

/** Reads on without keeping anything; a sender who goes on for ever is cut off. */
export function discard(request: IncomingMessage): void {
  let bytes = 0
  request.on('error', () => {})
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > DISCARD_BYTES_MAX) request.destroy()
  })
}

function readBytes(
  request: IncomingMessage,
  bytes_max: number,
  budget: BodyBudget,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const refuse = (error: unknown) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      budget.give(bytes)
      discard(request)
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      if (bytes + chunk.length > bytes_max) {
        return refuse(new ClickpathError('BODY_TOO_LARGE', bytes_max))
      }
      try {
        budget.take(chunk.length)
      } catch (busy) {
        return refuse(busy)
      }
      bytes += chunk.length
      chunks.push(chunk)
    }
    const onEnd = () => {
      request.off('close', onClose)
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    }
    const onClose = () => refuse(new ClickpathError('BODY_UNREADABLE', 'it ended early'))
    request.on('data', onData).on('end', onEnd).on('close', onClose)
    if (Number(request.headers['content-length'] ?? 0) > bytes_max) {
      refuse(new ClickpathError('BODY_TOO_LARGE', bytes_max))
    }
  })
}
