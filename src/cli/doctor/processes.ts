/** Who runs on the folder: left files, others' ports, a server that hangs, two writers. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { writersOf } from '../../log/files/lane_lock.ts'
import { listLanes } from '../../log/files/lane_state.ts'
import { thisMachine } from '../../log/files/machine.ts'
import type { Status } from '../../serve/status.ts'
import { messageOf } from '../../std/errors.ts'
import { readRestarts } from '../../std/restarts.ts'
import { findRunning } from '../../std/running.ts'
import { askServer, serverOf } from '../ask.ts'
import { type Check, type Finding, note, ok, type Patient, problem } from './finding.ts'
import { cureOfSilence } from './silence.ts'

const ROLES = ['up', 'collect', 'serve'] as const
const ANSWER_MS_MAX = 3_000

export const checkRunning: Check = async ({ directory }) => {
  const names = await readdir(join(directory, 'run')).catch((): string[] => [])
  const left = ROLES.filter(
    (role) => names.includes(`${role}.json`) && !findRunning(directory, role),
  )
  const live = ROLES.flatMap((role) => {
    const found = findRunning(directory, role)
    return found ? [`${role} (process ${found.pid})`] : []
  })
  const files = left.map((role) => `run/${role}.json`).join(', ')
  const said = `Of processes that are gone: ${files}; they were killed.`
  return [
    ok('running', live.join(', ') || 'nothing runs on this folder'),
    ...(left.length > 0 ? [note('running', said, 'The next start takes their place.')] : []),
    ...strangers(directory),
  ]
}

/** Two that want the same lane: the later one can never start, and is started again and again. */
function strangers(directory: string): readonly Finding[] {
  const up = findRunning(directory, 'up')
  const collect = findRunning(directory, 'collect')
  const parent = collect ? parentOf(collect.pid) : null
  if (!up || !collect || parent === null || parent === up.pid) return []
  const { count = 0 } = readRestarts(directory).collect ?? {}
  const other = `that of \`clickpath up\` (process ${up.pid}) was started ${count} times in vain`
  const said = `Two collectors want one lane: process ${collect.pid} has it, and ${other}.`
  const cure = `Stop one: kill ${collect.pid}, or kill ${up.pid}; or give it a --data of its own.`
  return [problem('running', said, cure)]
}

/** Null where the system does not tell. */
function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return null
  }
}

/** A lane that somebody writes whom no file in run/ tells of. */
export const checkWriters: Check = async ({ directory }) => {
  const log = join(directory, 'log')
  const known = ROLES.map((role) => findRunning(directory, role)?.pid)
  const found: Finding[] = []
  for (const lane of await listLanes(thisMachine.files, log)) {
    const pids = await writersOf(thisMachine, join(log, lane))
    for (const pid of pids.filter((one) => !known.includes(one))) {
      const said = `Lane ${lane} is written by process ${pid}, which no file in run/ tells of.`
      const cure = `An import that runs is all right; else see what it is: ps -p ${pid}.`
      found.push(note('running', said, cure))
    }
  }
  return found
}

export const checkPort: Check = async ({ directory, settings }) => {
  const { host, port } = settings
  const up = findRunning(directory, 'up') ?? findRunning(directory, 'collect')
  if (up?.url) return [ok('port', `${up.url} is ours (process ${up.pid})`)]
  const taken = await whyNot(host, port)
  if (taken === null) return [ok('port', `${host}:${port} is free`)]
  if (taken === 'EADDRINUSE') {
    const others = await isClickpath(host, port)
    const who = others ? 'the Clickpath of another folder' : 'another program'
    const said = `Port ${port} of ${host} is in use by ${who}: \`clickpath up\` cannot start on it.`
    const cure = `Stop that one, or choose another port: --port ${port + 1}.`
    return [others ? note('port', said, cure) : problem('port', said, cure)]
  }
  const said = `Nobody can listen on ${host}, port ${port}: ${taken}.`
  return [problem('port', said, 'Choose an address of this machine and a port above 1023.')]
}

/** The system's code for why a port cannot be listened on; null when it can. */
function whyNot(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}

async function isClickpath(host: string, port: number): Promise<boolean> {
  try {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/ping`
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    return ((await answer.json()) as { message?: string }).message === 'pong'
  } catch {
    return false
  }
}

/** The running server, and what it thinks needs an eye; undefined where none runs. */
export async function checkServer({ directory }: Patient): Promise<readonly Finding[] | undefined> {
  const url = serverOf(directory)
  const pid = findRunning(directory, 'serve')?.pid
  if (url === undefined) return undefined
  try {
    const bound = AbortSignal.timeout(ANSWER_MS_MAX)
    const status = (await askServer(url, 'GET', '/api/status', undefined, bound)) as Status
    const { state, batch, pending } = status.engine
    const where = `${state}, batch ${batch}, ${pending} records behind the log`
    const concerns = status.concerns.map(({ level, said }): Finding => {
      return { what: 'server', verdict: level, said, cure: null }
    })
    return [ok('server', `${url} answers: ${where}`), ...concerns]
  } catch (thrown) {
    const said = `The server at ${url} (process ${pid}) does not answer: ${messageOf(thrown)}.`
    return [problem('server', said, cureOfSilence(pid))]
  }
}
