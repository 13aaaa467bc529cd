/** The step at which paths begin or end, as it is written for a funnel. */
import { type FunnelStep, funnelStep } from '../../model/funnel_step.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'

/** Throws BAD_REQUEST; `name` is the parameter that was given. */
export function anchorOf(name: string, written: string | undefined): FunnelStep | null {
  if (written === undefined) return null
  const step = readStep(name, written)
  if (step.need === 'required') return step
  throw new ClickpathError('BAD_REQUEST', `${name}: "${written}" is optional; say which it is.`)
}

function readStep(name: string, written: string): FunnelStep {
  try {
    return funnelStep(written)
  } catch (mistake) {
    throw new ClickpathError('BAD_REQUEST', `${name}: ${messageOf(mistake)}`)
  }
}
