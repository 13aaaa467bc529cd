import { call, type Expression, operator } from '../expression.ts'

export const hourOfOperator = operator('hourOf', 'Null stays null. In UTC.', [
  { args: ['2019-10-01 07:10:56'], types: ['timestamp'], gives: 7 },
  { args: ['2019-10-01 23:59:59.999999'], types: ['timestamp'], gives: 23 },
  { args: [null], types: ['timestamp'], gives: null },
])

/** The hour of the day, 0 to 23, UTC. */
export function hourOf(time: Expression<'timestamp'>): Expression<'integer'> {
  return call(hourOfOperator, 'integer', [time])
}
