/** What a check of the doctor found: what is so, and what to do about it. */
import type { Settings } from '../../std/settings.ts'
import type { Context } from '../command.ts'

export interface Finding {
  /** What was looked at, in one word. */
  readonly what: string
  /** `note`: no harm, or it mends itself. */
  readonly verdict: 'ok' | 'note' | 'problem'
  /** What happened, and why. */
  readonly said: string
  /** What to do; null where nothing is. */
  readonly cure: string | null
}

/** What a check looks at. */
export interface Patient {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
  readonly context: Context
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>

export const ok = (what: string, said: string): Finding => ({
  ...{ what, verdict: 'ok', said, cure: null },
})

export const note = (what: string, said: string, cure: string | null = null): Finding => ({
  ...{ what, verdict: 'note', said, cure },
})

export const problem = (what: string, said: string, cure: string): Finding => ({
  ...{ what, verdict: 'problem', said, cure },
})

/** The worst of them. */
export function verdictOf(found: readonly Finding[]): Finding['verdict'] {
  const verdicts = found.map(({ verdict }) => verdict)
  return (['problem', 'note'] as const).find((one) => verdicts.includes(one)) ?? 'ok'
}
