/** What a user's tables may be called; what one must hold that takes the place of `sessions`. */
import type { Table } from '../model/table.ts'
import { sessionsTable } from '../model/tables/sessions.ts'
import { STREAM_NAMES } from './views.ts'

/** Questions read all of it; the gap has no part in what the columns are. */
const OURS = sessionsTable(1)

function missingIn(own: Table): readonly string[] {
  const due = Object.entries({ ...OURS.by, ...OURS.measures })
  const has: Readonly<Record<string, { readonly type: string }>> = { ...own.by, ...own.measures }
  return due.flatMap(([name, { type }]) => (has[name]?.type === type ? [] : [`${name} (${type})`]))
}

function mistakesOf(own: Table, before: readonly Table[]): readonly string[] {
  const { name, window } = own
  if (before.some((other) => other.name === name)) return [`two tables are called ${name}`]
  if (STREAM_NAMES.includes(name)) return [`${name} comes with Clickpath; choose another name`]
  if (name !== OURS.name) return []
  const lacks = window.kind === 'session' ? missingIn(own) : ['a session window', ...missingIn(own)]
  if (lacks.length === 0) return []
  return [
    `the table sessions lacks ${lacks.join(', ')}: funnels, paths, retention, attribution and ` +
      'customers read it; choose another name, or declare these as well',
  ]
}

/** Everything that is wrong with the tables, each in a sentence's words. */
export function tableMistakes(tables: readonly Table[]): readonly string[] {
  return tables.flatMap((own, at) => mistakesOf(own, tables.slice(0, at)))
}
