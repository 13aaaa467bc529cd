/**
 * `clickpath collect`: takes events over HTTP, or from a topic of Kafka, and makes them durable.
 */
import { resolve } from 'node:path'
import { ClickpathError } from '../std/errors.ts'
import { type Context, command, DATA_OPTION, type ExitCode } from './command.ts'
import { loggerOf, runRole } from './role.ts'

const OPTIONS = {
  data: DATA_OPTION,
  from: {
    type: 'string',
    value: 'URL',
    about: 'Read this topic instead of listening: kafka://host:port[,host:port]/topic.',
  },
  format: {
    type: 'string',
    value: 'WORD',
    about:
      'With --from, what a message is: native, b1, rees46, collect, store, products, customers, rates, logs, segment, snowplow or cloudevents.',
  },
  source: {
    type: 'string',
    value: 'NAME',
    about: 'With --from, the source that the events are counted under; else the name of the topic.',
  },
  group: {
    type: 'string',
    value: 'NAME',
    about: 'With --from, under which name Kafka keeps how far was read; else clickpath-SOURCE.',
  },
  'from-beginning': {
    type: 'boolean',
    about: 'With --from, read all that the topic holds, whatever was read before.',
  },
  'from-end': {
    type: 'boolean',
    about: 'With --from, read only what is written from now on.',
  },
  once: {
    type: 'boolean',
    about: 'With --from, end when all is read that the topic held at the start.',
  },
} as const

export type CollectContext = Context<typeof OPTIONS>

export const collectCommand = command({
  name: 'collect',
  summary: 'take events over HTTP, or from a topic, and keep them in the log',
  usage: '[--data DIR] [--port 4000] | --from kafka://host:9092/topic --format WORD',
  options: OPTIONS,
  examples: [
    'clickpath collect --port 4000',
    'clickpath collect --from kafka://127.0.0.1:9092/shop_events --format b1',
    'clickpath collect --from kafka://127.0.0.1:9092/rees46 --format rees46 --once',
  ],
  run: async (context) => {
    if (context.options.from !== undefined) {
      const { collectFrom } = await import('./collect_from.ts')
      return collectFrom(context, context.options.from)
    }
    const given = (['format', 'source', 'group', 'from-beginning', 'from-end', 'once'] as const)
      .filter((name) => context.options[name])
      .map((name) => `--${name}`)
    if (given.length === 0) return listen(context)
    throw new ClickpathError('USAGE', `${given.join(', ')}: only with --from, which names a topic.`)
  },
})

async function listen(context: CollectContext): Promise<ExitCode> {
  const { runCollector } = await import('../pipeline.ts')
  const { settings, config, clock, options, supervisor } = context
  const logger = loggerOf('collect', context)
  const directory = resolve(context.cwd, options.data)
  const listen = supervisor ? null : { host: settings.host, port: settings.port }
  const role = await runCollector({ directory, settings, config, clock, logger }, listen)
  supervisor?.onConnection((socket) => role.takeConnection(socket))
  if (!supervisor) context.stdout.write(`Collecting at ${role.url}\n`)
  return runRole(role, context, logger)
}
