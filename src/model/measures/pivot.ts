import type { Expression } from '../expression.ts'
import { and } from '../expressions/and.ts'
import { eq } from '../expressions/eq.ts'
import type { AnswerType, Measure, MeasureOptions } from '../measure.ts'

type Pivoted<V extends string, M> = {
  readonly [K in `${V}_${keyof M & string}`]: K extends `${V}_${infer N extends keyof M & string}`
    ? M[N] extends (options: MeasureOptions) => Measure<infer T>
      ? Measure<T>
      : never
    : never
}

/**
 * One column per value and measure: `pivot(events.event_type, ['view', 'cart'], { events: count })`
 * gives `view_events`, `cart_events`. The API turns it back with `unpivot=true`.
 */
export function pivot<
  const V extends string,
  const M extends Record<string, (options: MeasureOptions) => Measure<AnswerType>>,
>(
  by: Expression<'text'>,
  values: readonly V[],
  measures: M,
  { where }: MeasureOptions = {},
): Pivoted<V, M> {
  const columns = values.flatMap((value) =>
    Object.entries(measures).map(([name, make]) => {
      const matches = eq(by, value)
      return [`${value}_${name}`, make({ where: where ? and(where, matches) : matches })]
    }),
  )
  return Object.freeze(Object.fromEntries(columns))
}
