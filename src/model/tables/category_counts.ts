import { events } from '../events.ts'
import { count } from '../measures/count.ts'
import { sum } from '../measures/sum.ts'
import { table } from '../table.ts'
import { allTime } from '../window.ts'

export const categoryCounts = table('category_counts', {
  answers: 'How often did what happen in each category, all in all?',
  from: events,
  window: allTime(),
  lateness: '10 minutes',
  by: { category: events.category, event_type: events.event_type },
  measures: { events: count(), value: sum(events.value) },
})
