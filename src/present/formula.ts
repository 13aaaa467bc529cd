/**
 * Formulas as SQL over merged states. Each state shows itself in columns of its own (see
 * `answerColumns`); a formula is arithmetic over them. The same text serves every engine's states.
 */

import type { Formula, State } from '../model/measure.ts'
import { isSteps } from '../model/measures/steps.ts'
import { type Group, plannedState } from '../plan/plan.ts'
import { quoteText } from '../std/duckdb.ts'
import type { SettingName, Settings } from '../std/settings.ts'
import { binMiddle } from './bins.ts'

const SYMBOLS = {
  add: '+',
  subtract: '-',
  multiply: '*',
  quotient: '//',
  remainder: '%',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
} as const

/** What stands for nothing seen: a count of none is 0, a sum of none is unknown. */
function stateColumn(group: Group, state: State): string {
  const { column } = plannedState(group, state)
  if (state.primitive === 'count') return `coalesce(${column}, 0)`
  return state.primitive === 'first' || state.primitive === 'last' ? `${column}.v` : column
}

/** The column that holds a quantile of a bins state. */
export const quantileColumn = (column: string, q: number) =>
  `${column}_q${String(q).replace('.', '_')}`

const POOLS = { count: 'sum', sum: 'sum', min: 'min', max: 'max' } as const

/** The same state over all keys of the window; `overall()` admits only what can be pooled. */
function overallColumn(group: Group, state: State): string {
  const pool = POOLS[state.primitive as keyof typeof POOLS]
  return `${pool}(${plannedState(group, state).column}) OVER (PARTITION BY window_start)`
}

export function renderFormula(
  formula: Formula,
  group: Group,
  settings: Settings,
  column: (group: Group, state: State) => string = stateColumn,
): string {
  const inner = (each: Formula) => renderFormula(each, group, settings, column)
  switch (formula.kind) {
    case 'state':
      return column(group, formula.state)
    case 'number':
      return String(formula.value)
    case 'setting':
      return String(settings[formula.name as SettingName])
    case 'divide': {
      const [part, whole] = formula.args.map(inner)
      return `(CAST(${part} AS DOUBLE) / nullif(CAST(${whole} AS DOUBLE), 0))`
    }
    case 'and':
    case 'or':
      return `(${formula.args.map(inner).join(` ${formula.kind.toUpperCase()} `)})`
    case 'otherwise':
      return `coalesce(${inner(formula.of)}, ${
        typeof formula.value === 'number' ? formula.value : quoteText(formula.value)
      })`
    case 'seconds': {
      const [from, to] = formula.args.map(inner)
      return `((epoch_us(${to}) - epoch_us(${from})) / 1e6)`
    }
    case 'different':
      return `list_unique(${plannedState(group, formula.state).column})`
    case 'first step':
    case 'last step': {
      const { column } = plannedState(group, formula.state)
      const known = `list_filter(${column}, lambda each: each IS NOT NULL)`
      return `${known}[${formula.kind === 'first step' ? 1 : -1}]`
    }
    case 'double':
      return `CAST(${inner(formula.of)} AS DOUBLE)`
    case 'root': // A variance that is zero but for rounding must not become an error.
      return `(CASE WHEN ${inner(formula.of)} < 0 THEN 0 ELSE sqrt(${inner(formula.of)}) END)`
    case 'overall':
      return renderFormula(formula.of, group, settings, overallColumn)
    case 'size':
    case 'estimate':
      return `coalesce(${plannedState(group, formula.state).column}, 0)`
    case 'elements':
      return isSteps(formula.state)
        ? plannedState(group, formula.state).column
        : `${plannedState(group, formula.state).column}_elements`
    case 'truncated':
      return `coalesce(${plannedState(group, formula.state).column}_more, FALSE)`
    case 'quantile': {
      const bin = quantileColumn(plannedState(group, formula.state).column, formula.q)
      return `(${binMiddle(bin)} / ${formula.scale})`
    }
    default:
      return `(${formula.args.map(inner).join(` ${SYMBOLS[formula.kind]} `)})`
  }
}

/** Whether a row's answer depends on other rows of its window. */
export function dependsOnWindow(formula: Formula): boolean {
  if (formula.kind === 'overall') return true
  if ('args' in formula) return formula.args.some(dependsOnWindow)
  return 'of' in formula ? dependsOnWindow(formula.of) : false
}
