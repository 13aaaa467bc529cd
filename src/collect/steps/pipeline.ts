/** The steps that every event passes, in this order, and the runner that counts what they drop. */
import type { CanonicalEvent } from '../../model/record.ts'
import { messageOf } from '../../std/errors.ts'
import { dropBot } from './drop_bot.ts'
import { dropMisshapen } from './drop_misshapen.ts'
import { dropUnaccountable } from './drop_unaccountable.ts'
import { dropWithoutVisitor } from './drop_without_visitor.ts'
import { putClient } from './put_client.ts'
import { putCurrency } from './put_currency.ts'
import { putEventId } from './put_event_id.ts'
import { putEventType } from './put_event_type.ts'
import { putPrivacy } from './put_privacy.ts'
import { putTimes } from './put_times.ts'
import { putWellFormedText } from './put_well_formed_text.ts'
import { Dropped, filtered, type Step, type StepContext } from './step.ts'

const STEPS: readonly Step[] = Object.freeze([
  putWellFormedText,
  putEventId,
  putEventType,
  dropWithoutVisitor,
  putTimes,
  putCurrency,
  dropUnaccountable,
  putClient,
  dropBot,
  putPrivacy,
])

export interface Pipeline {
  run(event: CanonicalEvent, context: StepContext): CanonicalEvent | Dropped
  /** Events dropped so far, by the name of the step; every step is named. */
  droppedByStep(): ReadonlyMap<string, number>
}

/** A step that throws drops its event, kept with what was sent, and never fails the neighbours. */
function runStep(step: Step, event: CanonicalEvent, context: StepContext) {
  try {
    return step.run(event, context)
  } catch (thrown) {
    return filtered('step_failed', `${step.name} failed: ${messageOf(thrown)}`)
  }
}

/** Our steps, then the shop's own, in their order. */
export function createPipeline(own: readonly Step[] = []): Pipeline {
  const steps = own.length > 0 ? [...STEPS, ...own, dropMisshapen] : STEPS
  const dropped = new Map<string, number>(steps.map(({ name }) => [name, 0]))
  return {
    run(event, context) {
      let current = event
      for (const step of steps) {
        const result = runStep(step, current, context)
        if (result instanceof Dropped) {
          dropped.set(step.name, (dropped.get(step.name) ?? 0) + 1)
          return result
        }
        current = result
      }
      return current
    },
    droppedByStep: () => dropped,
  }
}
