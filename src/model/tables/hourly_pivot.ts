import { events } from '../events.ts'
import { count } from '../measures/count.ts'
import { pivot } from '../measures/pivot.ts'
import { sum } from '../measures/sum.ts'
import { table } from '../table.ts'
import { tumbling } from '../window.ts'

export const hourlyPivot = table('hourly_pivot', {
  answers: 'How does each hour look, category by category, one column per kind of event?',
  from: events,
  window: tumbling('1 hour'),
  lateness: '10 minutes',
  by: { category: events.category },
  measures: pivot(events.event_type, ['view', 'cart', 'remove_from_cart', 'purchase'], {
    events: count,
    value: (options) => sum(events.value, options),
  }),
})
