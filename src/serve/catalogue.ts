/**
 * The catalogue: every table and stream that can be read, with its columns in words. Gold tables
 * tell of themselves by their declaration; streams by their view, with the declaration's words.
 */
import { customerFeatures } from '../model/customer_features.ts'
import { activeCustomers, customerEngagement } from '../model/customer_views.ts'
import { customers, identity, persons, products, rates } from '../model/dimensions.ts'
import { events, items } from '../model/events.ts'
import { journeyMetrics } from '../model/journey_metrics.ts'
import type { AnswerType } from '../model/measure.ts'
import { orderLines, orderMovements, orders } from '../model/orders.ts'
import type { AnyStream } from '../model/stream.ts'
import type { Window } from '../model/window.ts'
import type { Plan, PlannedTable } from '../plan/plan.ts'
import { rowIdentity } from '../present/changelog.ts'
import { STREAM_NAMES } from '../present/views.ts'
import { ClickpathError } from '../std/errors.ts'
import { titleOf, type Unit, unitOf } from './column_words.ts'
import { type Pivot, pivotOf } from './pivot.ts'
import type { LimitedStore } from './served_engine.ts'
import { typeWord } from './type_word.ts'

export interface ColumnInfo {
  readonly name: string
  /** As people read it. */
  readonly title: string
  /** Of its numbers; null for plain counts, and for what is no number. */
  readonly unit: Unit | null
  readonly type: AnswerType
  readonly role: 'window' | 'key' | 'joined' | 'measure' | 'row' | 'column'
  readonly about: string
  /** `exact`, or by how much the number may be wrong. */
  readonly exact: string
}

export interface TableInfo {
  readonly name: string
  readonly kind: 'table' | 'stream'
  /** The question it answers, or what a row of it is. */
  readonly answers: string
  readonly window: Window | null
  readonly lateness_ms: number | null
  /** The column that `from` and `to` speak of; null where there is none. */
  readonly time: string | null
  /** The columns that name a row; empty where nothing does. */
  readonly identity: readonly string[]
  readonly columns: readonly ColumnInfo[]
  readonly pivot: Pivot | null
}

interface StreamNote {
  readonly about: string
  readonly time: string
  readonly identity?: readonly string[]
  readonly columns?: Readonly<Record<string, { readonly about: string }>>
}

const noteOf = ({ declaration }: AnyStream, ...identity: readonly string[]): StreamNote => ({
  about: declaration.about,
  time: declaration.time,
  columns: declaration.columns,
  identity,
})

const STREAM_NOTES: Readonly<Record<string, StreamNote>> = {
  events: noteOf(events, 'source', 'event_id'),
  items: noteOf(items),
  orders: noteOf(orders, 'order_id'),
  order_movements: noteOf(orderMovements),
  order_lines: noteOf(orderLines),
  products: noteOf(products, 'product_id'),
  customers: noteOf(customers, 'user_id'),
  identity: noteOf(identity, 'visitor_id'),
  rates: noteOf(rates, 'rate_id'),
  persons: { about: persons.about, time: '', identity: ['visitor_id'], columns: persons.columns },
  customer_features: { ...customerFeatures, time: 'last_seen', identity: ['person_id'] },
  active_customers: {
    ...activeCustomers,
    ...{ time: 'last_login_day', identity: ['last_login_day', 'gender'] },
  },
  customer_engagement: { ...customerEngagement, time: '', identity: ['gender', 'category'] },
  journey_metrics: { ...journeyMetrics, time: '', identity: ['from_event', 'to_event'] },
  enriched_events: {
    about: 'events with price tier, parts of the time, and what is known of product and customer',
    time: 'event_time',
    identity: ['source', 'event_id'],
    columns: events.declaration.columns,
  },
  ledger: {
    about: 'what became of every record, per source and hour of arrival',
    time: 'hour',
    identity: ['source', 'hour'],
  },
  invalid_events: { about: 'what was refused as invalid, with the reason', time: 'received_at' },
  filtered_events: { about: 'what a step did not want, with its reason', time: 'received_at' },
  erased_events: {
    about: 'that there was a record, of somebody who was erased',
    time: 'received_at',
  },
}

const WINDOW_WORDS = {
  window_start: 'when the window begins, UTC',
  window_end: 'when the window ends, UTC',
}

/** With the words that its name gives. */
const worded = (column: Omit<ColumnInfo, 'title' | 'unit'>): ColumnInfo => ({
  ...{ name: column.name, title: titleOf(column.name), unit: unitOf(column) },
  ...column,
})

function columnsOf({ table }: PlannedTable): readonly ColumnInfo[] {
  const exact = 'exact'
  const windows = Object.entries(WINDOW_WORDS).map(
    ([name, about]) => ({ name, type: 'timestamp', role: 'window', about, exact }) as const,
  )
  const keys = Object.entries(table.by).map(
    ([name, { type }]) => ({ name, type, role: 'key', about: `the ${name}`, exact }) as const,
  )
  const joined = Object.entries(table.join).map(
    ([name, { type }]) => ({ name, type, role: 'joined', about: `the ${name}`, exact }) as const,
  )
  const measures = Object.entries(table.measures).map(
    ([name, measure]) =>
      ({
        name,
        type: measure.type,
        role: 'measure',
        about: measure.about,
        exact: measure.exact,
      }) as const,
  )
  const final = 'whether no event on time can change the row any more'
  const version = 'goes up whenever the row changes'
  return [
    ...windows,
    ...keys,
    ...joined,
    ...measures,
    { name: 'final', type: 'boolean', role: 'row', about: final, exact } as const,
    { name: 'version', type: 'integer', role: 'row', about: version, exact } as const,
  ].map(worded)
}

function tableInfo(planned: PlannedTable): TableInfo {
  const { name, answers, window, lateness_ms } = planned.table
  return {
    name,
    kind: 'table',
    answers,
    window,
    lateness_ms,
    time: window.kind === 'none' ? null : 'window_start',
    identity: rowIdentity(planned),
    columns: columnsOf(planned),
    pivot: pivotOf(planned.table),
  }
}

async function streamInfo(store: LimitedStore, name: string): Promise<TableInfo> {
  const note = STREAM_NOTES[name] ?? { about: name, time: '' }
  const rows = await store.rows(`SELECT column_name, column_type FROM (DESCRIBE ${name})`)
  const columns = rows.map(({ column_name, column_type }): ColumnInfo => {
    const [column, type] = [String(column_name), typeWord(String(column_type))]
    const about = note.columns?.[column]?.about ?? column.replaceAll('_', ' ')
    return worded({ name: column, type, role: 'column', about, exact: 'exact' })
  })
  return {
    name,
    kind: 'stream',
    answers: note.about,
    window: null,
    lateness_ms: null,
    time: note.time || null,
    identity: note.identity ?? [],
    columns,
    pivot: null,
  }
}

export class Catalogue {
  readonly #plan: Plan
  #tables: ReadonlyMap<string, TableInfo> | undefined

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** The names that can be queried; the same that `viewsOf` gives. */
  names(): readonly string[] {
    return [...this.#plan.tables.keys(), ...STREAM_NAMES]
  }

  async tables(store: LimitedStore): Promise<ReadonlyMap<string, TableInfo>> {
    if (this.#tables) return this.#tables
    const gold = [...this.#plan.tables.values()].map(tableInfo)
    const streams = STREAM_NAMES.map((name) => streamInfo(store, name))
    const all = [...gold, ...(await Promise.all(streams))]
    this.#tables = new Map(all.map((info) => [info.name, info]))
    return this.#tables
  }

  /** Throws UNKNOWN_TABLE, naming those that there are. */
  async table(store: LimitedStore, name: string): Promise<TableInfo> {
    const found = (await this.tables(store)).get(name)
    if (!found) throw new ClickpathError('UNKNOWN_TABLE', name, this.names().join(', '))
    return found
  }

  /** A gold table, which has changes to tell. Throws UNKNOWN_TABLE for a stream, too. */
  planned(name: string): PlannedTable {
    const found = this.#plan.tables.get(name)
    if (found) return found
    const names = [...this.#plan.tables.keys()].join(', ')
    throw new ClickpathError('UNKNOWN_TABLE', `${name} that tells its changes`, names)
  }
}
