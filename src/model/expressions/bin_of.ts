import { call, type Expression, operator } from '../expression.ts'

export const binOfOperator = operator(
  'binOf',
  'Null stays null. 64 bins an octave; zero has bin 0; a negative number the negative bin.',
  [
    { args: [0], gives: 0 },
    { args: [1], gives: 64 },
    { args: [2], gives: 128 },
    { args: [3], gives: 160 },
    { args: [-3], gives: -160 },
    { args: [26_200], gives: 998 },
    { args: [1_048_575], gives: 1_343 },
    { args: [1_048_576], gives: 1_344 },
    { args: [null], types: ['integer'], gives: null },
  ],
)

/**
 * The bin of a whole number in a DDSketch with linear interpolation between powers of two. Made of
 * integer arithmetic alone, so that every engine puts a number into the same bin. A bin is at most
 * 1/64 of its value wide: its middle is within 0.8 %.
 */
export function binOf(value: Expression<'integer'>): Expression<'integer'> {
  return call(binOfOperator, 'integer', [value])
}
