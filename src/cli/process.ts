/** `clickpath process`: reads the log, keeps the tables, answers API and page on loopback. */
import { resolve } from 'node:path'
import { command, DATA_OPTION } from './command.ts'
import { loggerOf, runRole } from './role.ts'

export const processCommand = command({
  name: 'process',
  summary: 'turn the log into tables; answer API and page on a free local port',
  usage: '[--data DIR]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const { runProcessor } = await import('../pipeline.ts')
    const { settings, config, clock, options } = context
    const logger = loggerOf('process', context)
    const directory = resolve(context.cwd, options.data)
    const role = await runProcessor({ directory, settings, config, clock, logger })
    if (!context.supervisor) context.stdout.write(`Serving at ${role.url}\n`)
    return runRole(role, context, logger)
  },
})
