import { type Measure, type MeasureOptions, measure, read, scalar } from '../measure.ts'

/** How many rows, or how many of them meet `where`. */
export function count({ where }: MeasureOptions = {}): Measure<'integer'> {
  return measure('integer', 'number of rows', read(scalar('count', null, where)))
}
