/**
 * What a step is: one event in, the same event with more on it out, or `Dropped` with the reason.
 * Steps see events only; HTTP ends before them and the log begins after them.
 */
import type { CanonicalEvent, InvalidReason } from '../../model/record.ts'
import type { Settings } from '../../std/settings.ts'
import type { Client } from '../client.ts'

/**
 * A refused event, as a value. `invalid`: it breaks a rule of the model. `filtered`: a step decided
 * that it is not wanted. Both are kept in the log with what was sent, and counted.
 */
export class Dropped {
  readonly verdict: 'invalid' | 'filtered'
  readonly reason: string
  readonly detail: string

  constructor(verdict: 'invalid' | 'filtered', reason: string, detail: string) {
    this.verdict = verdict
    this.reason = reason
    this.detail = detail
  }
}

export function invalid(reason: InvalidReason, detail: string): Dropped {
  return new Dropped('invalid', reason, detail)
}

/** For a shop's own steps: `return filtered('bot', 'the user agent names a crawler')`. */
export function filtered(reason: string, detail: string): Dropped {
  return new Dropped('filtered', reason, detail)
}

/** What a step may know beside the event. */
export interface StepContext {
  readonly source: string
  /** Who sends with this key: a page that anybody can imitate, or the shop's own server. */
  readonly origin: 'browser' | 'server' | 'import'
  /** What the request tells of the browser that sent it; absent where there was no request. */
  readonly client?: Client
  readonly received_ms: number
  /** ISO 8601, UTC. */
  readonly received_at: string
  /** When the client says it sent the event; undefined where the format does not tell. */
  readonly sent_ms: number | undefined
  /** `none` when no text of the request can hold a NUL or half a surrogate pair. */
  readonly escapes: 'none' | 'some'
  readonly settings: Settings
  readonly random: Random
}

/** Gives that many random bytes. */
export type Random = (bytes: number) => Buffer

export type StepName = `put_${string}` | `drop_${string}`

export interface Step {
  readonly name: StepName
  readonly about: string
  /** May change the event it is given and return it; must not keep it. */
  run(event: CanonicalEvent, context: StepContext): CanonicalEvent | Dropped
}

/** Declares a step: `put_*` adds to an event, `drop_*` refuses some. `about` is for people. */
export function step(name: StepName, about: string, run: Step['run']): Step {
  return Object.freeze({ name, about, run })
}
