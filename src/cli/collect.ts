/** `clickpath collect`: takes events over HTTP and makes them durable. */
import { resolve } from 'node:path'
import { command, DATA_OPTION } from './command.ts'
import { loggerOf, runRole } from './role.ts'

export const collectCommand = command({
  name: 'collect',
  summary: 'take events over HTTP and keep them in the log',
  usage: '[--data DIR] [--port 4000]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const { runCollector } = await import('../pipeline.ts')
    const { settings, config, clock, options, supervisor } = context
    const logger = loggerOf('collect', context)
    const directory = resolve(context.cwd, options.data)
    const listen = supervisor ? null : { host: settings.host, port: settings.port }
    const role = await runCollector({ directory, settings, config, clock, logger }, listen)
    supervisor?.onConnection((socket) => role.takeConnection(socket))
    if (!supervisor) context.stdout.write(`Collecting at ${role.url}\n`)
    return runRole(role, context, logger)
  },
})
