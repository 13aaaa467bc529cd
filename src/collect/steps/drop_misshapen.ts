import { events, LINE_COLUMNS } from '../../model/events.ts'
import type { ColumnDeclaration, Columns } from '../../model/stream.ts'
import { columnReader, shown } from '../columns.ts'
import { Dropped, invalid, step } from './step.ts'

function readersOf(columns: Columns) {
  const entries = Object.entries(columns).map(([name, declaration]) => {
    const open: ColumnDeclaration = { type: declaration.type, about: declaration.about }
    const bounded = declaration.bound === undefined ? open : { ...open, bound: declaration.bound }
    return [name, declaration.derived ? undefined : columnReader(name, bounded)] as const
  })
  return new Map(entries)
}

const EVENT_READERS = readersOf(events.declaration.columns)
const LINE_READERS = readersOf(LINE_COLUMNS)

/** What is wrong with the columns of an event or a line as a step left them. */
function mistakeIn(row: object, readers: ReturnType<typeof readersOf>): Dropped | undefined {
  for (const [column, value] of Object.entries(row)) {
    if (value === undefined || column === 'items') continue
    if (column === 'properties') {
      if (typeof value === 'object' && value !== null) continue
      return invalid('wrong_type', `a step left properties as ${shown(value)}`)
    }
    const read = readers.get(column)
    if (!read)
      return invalid('wrong_type', `a step wrote ${column}, which is no column of an event`)
    const result = read(value)
    if (result instanceof Dropped) return result
  }
  return undefined
}

/** Runs last and only where a shop has steps of its own: the log holds what the model says. */
export const dropMisshapen = step(
  'drop_misshapen',
  "refuses an event that a shop's own step left against the model",
  (event) => {
    let mistake = mistakeIn(event, EVENT_READERS)
    for (const line of event.items ?? []) mistake ??= mistakeIn(line, LINE_READERS)
    if (!mistake && !event.event_id) mistake = invalid('missing_field', 'a step left no event_id')
    return mistake ?? event
  },
)
