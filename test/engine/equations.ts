/** The equations that every operator states of itself, as expressions for an engine to render. */

import {
  call,
  type Equation,
  type Expression,
  type Literal,
  literal,
  type Operator,
  type ValueType,
} from '../../src/model/expression.ts'
import type { OperatorName } from '../../src/model/operators.ts'
import { OPERATORS } from '../../src/model/operators.ts'

export interface Stated {
  /** `add(1, 2)` */
  readonly name: string
  readonly expression: Expression
  /** What it gives, as text. */
  readonly gives: string | null
}

function typeOf(value: Literal['value']): ValueType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'double'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}

/** What the call gives is compared as text, with the type that the arguments make likely. */
function resultType(operator: string, { args, types, gives }: Equation): ValueType {
  if (typeof gives === 'boolean') return 'boolean'
  if (operator === 'divide') return 'double'
  if (operator === 'product') return 'wide'
  if (['units', 'hourOf', 'weekdayOf', 'binOf'].includes(operator)) return 'integer'
  const at = operator === 'caseWhen' ? args.length - 1 : 0
  return types?.[at] ?? typeOf(args[at] ?? null)
}

function stated(operator: Operator<OperatorName>, equation: Equation): Stated {
  const args = equation.args.map((value, at) => {
    return literal(equation.types?.[at] ?? typeOf(value), value)
  })
  return {
    name: `${operator.name}(${equation.args.join(', ')})`,
    expression: call(operator, resultType(operator.name, equation), args),
    gives: equation.gives === null ? null : String(equation.gives),
  }
}

export const EQUATIONS: readonly Stated[] = Object.values(OPERATORS).flatMap((operator) =>
  operator.equations.map((equation) => stated(operator, equation)),
)
