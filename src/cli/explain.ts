/** `clickpath explain`: what a table answers, what each column means, and the SQL that makes it. */
import { wordsOf } from '../model/measure.ts'
import type { Window } from '../model/window.ts'
import { type PlannedTable, planTables } from '../plan/plan.ts'
import { tableSql } from '../present/table_sql.ts'
import { tablesOf } from '../processor.ts'
import { ClickpathError } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'
import { command } from './command.ts'
import { printRows } from './output.ts'

function windowWords(window: Window): string {
  const minutes = (ms: number) => `${ms / 60_000} minutes`
  switch (window.kind) {
    case 'none':
      return 'all time'
    case 'tumbling':
      return `every ${minutes(window.size_ms)}`
    case 'sliding':
      return `${minutes(window.size_ms)}, every ${minutes(window.slide_ms)}`
    case 'calendar':
      return `calendar ${window.unit}`
    case 'session':
      return `sessions that end after ${minutes(window.gap_ms)} of silence`
  }
}

function explained({ table, group }: PlannedTable, settings: Settings) {
  return {
    table: table.name,
    answers: table.answers,
    reads: table.from.name,
    window: windowWords(table.window),
    late: `final ${table.lateness_ms / 60_000} minutes after its window`,
    keys: Object.entries(table.by).map(([name, expression]) => ({
      column: name,
      is: wordsOf(expression),
    })),
    measures: Object.entries(table.measures).map(([column, { type, about, exact }]) => ({
      column,
      type,
      about,
      exact,
    })),
    states: `${group.states.length} states in ${group.id}, shared by ${group.tables.join(', ')}`,
    sql: tableSql({ table, group }, settings),
  }
}

export const explainCommand = command({
  name: 'explain',
  summary: 'what a table answers, its columns, and the SQL behind it',
  usage: '[TABLE]',
  options: {},
  run: async ({ arguments: words, config, settings, stdout, json }) => {
    const plan = planTables(tablesOf(config, settings))
    const [name] = words
    if (name === undefined) {
      const rows = [...plan.tables.values()].map(({ table }) => ({
        table: table.name,
        answers: table.answers,
      }))
      printRows(stdout, rows, json ? 'json' : 'table')
      return 0
    }
    const planned = plan.tables.get(name)
    if (!planned) {
      throw new ClickpathError('UNKNOWN_TABLE', name, [...plan.tables.keys()].join(', '))
    }
    const told = explained(planned, settings)
    if (json) {
      stdout.write(`${JSON.stringify(told)}\n`)
      return 0
    }
    const { keys, measures, sql, ...facts } = told
    for (const [fact, value] of Object.entries(facts)) stdout.write(`${fact.padEnd(9)} ${value}\n`)
    stdout.write('\n')
    printRows(stdout, keys, 'table')
    stdout.write('\n')
    printRows(stdout, measures, 'table')
    stdout.write(`\n${sql}\n`)
    return 0
  },
})
