/** `clickpath query`: read-only SQL over events, orders, dimensions, the ledger and every table. */
import { resolve } from 'node:path'
import { ClickpathError } from '../std/errors.ts'
import { query } from './ask.ts'
import { command, DATA_OPTION } from './command.ts'
import { printRows, rowFormatOf } from './output.ts'

export const queryCommand = command({
  name: 'query',
  summary: 'ask the tables in SQL, while a server runs or not',
  usage: '"SELECT ..." [--data DIR] [--format table|json|csv]',
  options: {
    data: DATA_OPTION,
    format: {
      type: 'string',
      value: 'WORD',
      default: 'table',
      about: 'How rows are printed: table, json (an array) or csv.',
    },
  },
  examples: [
    'clickpath query "SELECT * FROM revenue_1h ORDER BY window_start DESC LIMIT 24"',
    'clickpath query "SELECT event_type, count(*) AS n FROM events GROUP BY ALL" --format json',
  ],
  run: async (context) => {
    const { arguments: words, options, stdout, stderr, cwd, settings } = context
    const [sql, ...rest] = words
    if (sql === undefined || rest.length > 0) {
      throw new ClickpathError('USAGE', 'Give one SQL statement, in quotes: "SELECT ...".')
    }
    const format = context.json ? 'json' : rowFormatOf(options.format)
    const { rows, truncated } = await query(context, resolve(cwd, options.data), sql)
    printRows(stdout, rows, format)
    if (truncated) {
      stderr.write(`Cut at ${settings.query_rows_max} rows; see --query-rows-max.\n`)
    }
    return 0
  },
})
