/**
 * `clickpath up`: everything on this machine. `--demo` adds a simulated shop that sends traffic,
 * into a data folder of its own.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Role, type Supervisor, startSupervisor } from '../supervise/supervisor.ts'
import { optionOf } from './arguments.ts'
import { bannerOf } from './banner.ts'
import { type Context, command, type ExitCode } from './command.ts'
import { aborted, loggerOf } from './role.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/clickpath.js', import.meta.url))
const DEMO_DATA = 'demo-data'
const DEMO_EVENTS_PER_SECOND = 20

const OPTIONS = {
  data: {
    type: 'string',
    value: 'DIR',
    about: `The data folder; made when absent. Default: data, or ${DEMO_DATA} with --demo.`,
  },
  demo: {
    type: 'boolean',
    about: 'Add a simulated shop that sends traffic.',
  },
} as const

type UpContext = Context<typeof OPTIONS>

export const upCommand = command({
  name: 'up',
  summary: 'start everything on this machine: collector, engine, dashboard',
  usage: '[--data DIR] [--port 4000] [--demo]',
  options: OPTIONS,
  examples: ['clickpath up', 'clickpath up --demo', 'clickpath up --data /srv/shop --port 8080'],
  run: async (context) => {
    const { settings, clock, options } = context
    const directory = resolve(context.cwd, options.data ?? (options.demo ? DEMO_DATA : 'data'))
    const shared = argumentsOf(context)
    const role = (name: string): Role => ({
      role: name,
      arguments: [name, '--data', directory, ...shared],
    })
    const supervisor = await startSupervisor({
      directory,
      program: PROGRAM,
      collect: role('collect'),
      process: role('process'),
      ...(options.demo ? { traffic: (url: string) => trafficOf(url, shared) } : {}),
      settings,
      clock,
      logger: loggerOf('up', context),
    })
    // Children end by themselves when this process is gone, but only this is at once.
    process.once('exit', () => supervisor.kill())
    return watch(supervisor, context, directory)
  },
})

async function watch(
  supervisor: Supervisor,
  context: UpContext,
  directory: string,
): Promise<ExitCode> {
  void supervisor.ready.then(() => {
    const { url } = supervisor
    const { cwd, json, options } = context
    const traffic = options.demo ? 'simulated' : 'own'
    const started = { url, pid: process.pid, data: directory }
    context.stdout.write(
      json ? `${JSON.stringify(started)}\n` : bannerOf({ url, directory, cwd, traffic }),
    )
  })
  const asked = await Promise.race([aborted(context.signal), supervisor.hopeless])
  if (asked === 'aborted' && !context.json) context.stdout.write('\nStopping...\n')
  const how = await supervisor.stop()
  return asked === 'aborted' && how === 'stopped' ? 0 : 1
}

/** What every child is told beside its own: the same config, settings and manner of speaking. */
function argumentsOf(context: UpContext): readonly string[] {
  const { configFile } = context
  const settings = Object.entries(context.flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${optionOf(name)}`, String(value)],
  )
  return [
    '--supervised',
    ...(context.json ? ['--json'] : []),
    ...(configFile ? ['--config', configFile] : []),
    ...settings,
  ]
}

function trafficOf(url: string, shared: readonly string[]): Role {
  const rate = String(DEMO_EVENTS_PER_SECOND)
  return { role: 'simulate', arguments: ['simulate', '--url', url, '--rate', rate, ...shared] }
}
