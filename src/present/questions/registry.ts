/** Every question, alphabetically; a new one is a file and a line here. */
import type { Funnel } from '../../model/funnel.ts'
import type { Table } from '../../model/table.ts'
import { attribution } from './attribution.ts'
import { categories } from './categories.ts'
import { customer } from './customer.ts'
import { customerGroups } from './customer_groups.ts'
import { customers } from './customers.ts'
import { funnelQuestion } from './funnel.ts'
import { journeyMetrics } from './journey_metrics.ts'
import { journeys } from './journeys.ts'
import { paths } from './paths.ts'
import { products } from './products.ts'
import type { Parameters, Question } from './question.ts'
import { retention } from './retention.ts'
import { sales } from './sales.ts'

/** The part of a user's config that questions know. */
export interface Declared {
  readonly funnels?: readonly Funnel[]
  readonly tables?: readonly Table[]
}

/** A question whose parameters are checked by `readAsked`, not by the compiler. */
export type AnyQuestion = Question<Parameters, object>

/** The one place where the compiler is told less than it knows. */
const any = <P extends Parameters, A extends object>(question: Question<P, A>): AnyQuestion =>
  question as unknown as AnyQuestion

export function questionsOf({ funnels = [], tables = [] }: Declared = {}): readonly AnyQuestion[] {
  const sessions = tables.find(({ name }) => name === 'sessions')
  return Object.freeze([
    any(attribution),
    any(categories),
    any(customer),
    any(customerGroups),
    any(customers),
    any(funnelQuestion(funnels, sessions)),
    any(journeyMetrics),
    any(journeys),
    any(paths),
    any(products),
    any(retention),
    any(sales),
  ])
}
