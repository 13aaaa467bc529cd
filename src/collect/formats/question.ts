/**
 * What programs ask before they send: where to send to, and which settings to use. Anybody may ask,
 * from any page, without a key; nothing is kept of it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Method } from './format.ts'

export interface AskedRequest {
  /** As it was asked for, a collect path of the shop's own included. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export interface Question {
  readonly kind: 'question'
  readonly about: string
  readonly methods: readonly Method[]
  matches(path: string): boolean
  /** The body of the answer 200, as JSON or a `Reply`. */
  answer(request: AskedRequest): unknown
}
