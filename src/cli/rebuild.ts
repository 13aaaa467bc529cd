/** `clickpath rebuild`: computes one table from the stored events, or everything from the log. */
import { resolve } from 'node:path'
import { askServer, serverOf, withProcessor } from './ask.ts'
import { command, DATA_OPTION } from './command.ts'

export const rebuildCommand = command({
  name: 'rebuild',
  summary: 'compute one table from the stored events, or all from the log',
  usage: '[TABLE] [--data DIR]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const { arguments: words, options, stdout, cwd, clock } = context
    const [table] = words
    const directory = resolve(cwd, options.data)
    const started_ms = clock.now_ms()
    const url = serverOf(directory)
    if (url !== undefined) {
      await askServer(url, 'POST', `/api/rebuild${table ? `/${encodeURIComponent(table)}` : ''}`)
    } else {
      await withProcessor(context, directory, ({ engine }) => engine.rebuild(table))
    }
    const took = ((clock.now_ms() - started_ms) / 1_000).toFixed(1)
    const what = table ?? 'The whole database'
    if (context.json) stdout.write(`${JSON.stringify({ rebuilt: table ?? 'all' })}\n`)
    else stdout.write(`${what} was computed anew in ${took} s.\n`)
    return 0
  },
})
