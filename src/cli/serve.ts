/** `clickpath serve`: answers API and page at an address of its own; takes no events. */
import { resolve } from 'node:path'
import { command, DATA_OPTION } from './command.ts'
import { loggerOf, runRole } from './role.ts'

export const serveCommand = command({
  name: 'serve',
  summary: 'answer API and page, from the tables that `clickpath process` keeps',
  usage: '[--data DIR] [--port 4000]',
  options: { data: { ...DATA_OPTION, about: 'The data folder that `clickpath process` runs on.' } },
  examples: ['clickpath serve --data /srv/shop --port 8080'],
  run: async (context) => {
    const { runServer } = await import('../pipeline.ts')
    const { settings, config, clock, options } = context
    const logger = loggerOf('serve', context)
    const directory = resolve(context.cwd, options.data)
    const role = await runServer({ directory, settings, config, clock, logger })
    context.stdout.write(`Serving at ${role.url}\n`)
    return runRole(role, context, logger)
  },
})
