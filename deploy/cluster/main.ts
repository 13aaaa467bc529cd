/** `npm run cluster:up`, `cluster:down`, `cluster:status`: reads the words, prints the outcome. */
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { down, up } from './cluster.ts'
import { ClusterError } from './cluster_error.ts'
import { HELP } from './help.ts'
import { readOptions } from './options.ts'
import { type ClusterStatus, statusOf } from './status.ts'
import { DEFAULT_FOLDER, statusText } from './status_text.ts'

const SHARED = {
  dir: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const
const OPTIONS = {
  up: {
    ...SHARED,
    brokers: { type: 'string' },
    replication: { type: 'string' },
    workers: { type: 'string' },
    'spark-master': { type: 'string' },
    cores: { type: 'string' },
    memory: { type: 'string' },
    'port-base': { type: 'string' },
    conf: { type: 'string', multiple: true },
  },
  down: { ...SHARED, 'keep-data': { type: 'boolean' }, wipe: { type: 'boolean' } },
  status: SHARED,
} as const

const EXIT = { ok: 0, failed: 1, usage: 2 } as const
type Exit = (typeof EXIT)[keyof typeof EXIT]

const say = (line: string) => void process.stderr.write(`${line}\n`)
const print = (line: string) => void process.stdout.write(`${line}\n`)

async function run(command: string, args: readonly string[]): Promise<Exit> {
  if (!Object.hasOwn(HELP, command)) {
    say(`There is no cluster command "${command}". Commands: ${Object.keys(HELP).join(', ')}.`)
    return EXIT.usage
  }
  const name = command as keyof typeof HELP
  try {
    return await COMMANDS[name](args)
  } catch (error) {
    const usage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
    if (!(error instanceof ClusterError) && !usage) throw error
    const message = (error as Error).message
    if (args.includes('--json')) print(JSON.stringify({ error: message }))
    else say(usage ? `${message}\n\n${HELP[name]}` : message)
    return usage ? EXIT.usage : EXIT.failed
  }
}

const COMMANDS = {
  up: async (args: readonly string[]): Promise<Exit> => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS.up })
    if (values.help) return help('up')
    const folder = folderOf(values.dir)
    await up(folder, readOptions(values), say)
    return printStatus(await statusOf(folder), values.json)
  },
  down: async (args: readonly string[]): Promise<Exit> => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS.down })
    if (values.help) return help('down')
    if (values.wipe && values['keep-data']) {
      throw new ClusterError('--wipe and --keep-data: it is one or the other.')
    }
    const folder = folderOf(values.dir)
    const ended = await down(folder, values.wipe ? 'wipe' : 'keep', say)
    if (values.json) print(JSON.stringify({ folder, ended, data: values.wipe ? 'wiped' : 'kept' }))
    else if (ended.length === 0) print(`Nothing of a cluster ran in ${shown(folder)}.`)
    return EXIT.ok
  },
  status: async (args: readonly string[]): Promise<Exit> => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS.status })
    if (values.help) return help('status')
    return printStatus(await statusOf(folderOf(values.dir)), values.json)
  },
} as const

function help(name: keyof typeof HELP): Exit {
  print(HELP[name])
  return EXIT.ok
}

function printStatus(status: ClusterStatus, json: boolean | undefined): Exit {
  print(json ? JSON.stringify(status) : statusText({ ...status, folder: shown(status.folder) }))
  return status.state === 'whole' ? EXIT.ok : EXIT.failed
}

function folderOf(given: string | undefined): string {
  return resolve(given ?? process.env.CLICKPATH_CLUSTER_DIR ?? DEFAULT_FOLDER)
}

/** As the person would type it, where that is shorter. */
function shown(path: string): string {
  const short = relative('.', path)
  return short.startsWith('..') || short === '' ? path : short
}

const [command = '', ...args] = process.argv.slice(2)
process.exitCode = await run(command, args)
