import { call, type Expression, operator } from '../expression.ts'

export const weekdayOfOperator = operator(
  'weekdayOf',
  'Null stays null. Monday is 1, Sunday is 7 (ISO 8601). In UTC.',
  [
    { args: ['2019-10-01 07:10:56'], types: ['timestamp'], gives: 2 },
    { args: ['2019-10-06 00:00:00'], types: ['timestamp'], gives: 7 },
    { args: [null], types: ['timestamp'], gives: null },
  ],
)

/** The day of the week, Monday = 1 to Sunday = 7, UTC. */
export function weekdayOf(time: Expression<'timestamp'>): Expression<'integer'> {
  return call(weekdayOfOperator, 'integer', [time])
}
