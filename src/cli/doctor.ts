/** `clickpath doctor`: looks for what is wrong with a data folder, and says the cure. */
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LaneStatus, Log, Offsets } from '../log/contract.ts'
import { openFileLog } from '../log/files/reader.ts'
import { messageOf } from '../std/errors.ts'
import { askServer, serverOf, withProcessor } from './ask.ts'
import { type Context, command, DATA_OPTION } from './command.ts'
import { bytesText, countText } from './numbers.ts'

interface Finding {
  readonly what: string
  readonly verdict: 'ok' | 'problem'
  readonly said: string
}

type Check = (context: Context, directory: string) => Promise<string>

/** Throws with what is wrong and the cure; answers what is right. */
const CHECKS: Readonly<Record<string, Check>> = {
  folder: async (_, directory) => {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK)
    return `${directory} can be written`
  },
  disk: async ({ settings }, directory) => {
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    const reserve = settings.log_reserve_mb * 1_000_000
    if (free > reserve) return `${bytesText(free)} free, reserve ${bytesText(reserve)}`
    const cure = 'Free some space, or lower --log-reserve-mb.'
    throw new Error(`${bytesText(free)} free, under the reserve of ${bytesText(reserve)}: events are
      answered 503. ${cure}`)
  },
  log: async (_, directory) => {
    const spool = join(directory, 'run', `doctor-${process.pid}`)
    const log = openFileLog({ directory: join(directory, 'log'), spool })
    try {
      const lanes = await log.lanes()
      const records = await readThrough(log, lanes)
      return `${lanes.length} lanes, ${countText(records)} records, every checksum right`
    } finally {
      await log.close()
    }
  },
  database: async (context, directory) => {
    const url = serverOf(directory)
    if (url !== undefined) {
      await askServer(url, 'GET', '/api/status')
      return `in use by the server at ${url}, which answers`
    }
    return withProcessor(context, directory, async ({ engine }) => {
      const { batch, last_error } = engine.progress()
      if (last_error) throw new Error(`${last_error} Run \`clickpath rebuild\`.`)
      return `opens; batch ${batch}, level with the log`
    })
  },
}

/** Reads every durable record once, which verifies every checksum of the live lanes. */
async function readThrough(log: Log, lanes: readonly LaneStatus[]): Promise<number> {
  let offsets: Offsets = new Map(lanes.map(({ lane, first_position }) => [lane, first_position]))
  let records = 0
  for (;;) {
    const slices = await log.read(offsets, { records_max: 100_000, bytes_max: 64_000_000 })
    if (slices.length === 0) return records
    const next = new Map(offsets)
    for (const { lane, first_position, count } of slices) next.set(lane, first_position + count)
    records += slices.reduce((sum, { count }) => sum + count, 0)
    offsets = next
  }
}

async function findings(context: Context, directory: string): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for (const [what, check] of Object.entries(CHECKS)) {
    try {
      found.push({ what, verdict: 'ok', said: await check(context, directory) })
    } catch (thrown) {
      const said = messageOf(thrown).replace(/\s+/g, ' ')
      found.push({ what, verdict: 'problem', said })
    }
  }
  return found
}

export const doctorCommand = command({
  name: 'doctor',
  summary: 'look for what is wrong, and say the cure',
  usage: '[--data DIR]',
  options: { data: DATA_OPTION },
  run: async (context) => {
    const { options, stdout, cwd, json } = context
    const found = await findings(context, resolve(cwd, options.data))
    if (json) stdout.write(`${JSON.stringify(found)}\n`)
    else {
      for (const { what, verdict, said } of found) {
        stdout.write(`${verdict.padEnd(8)} ${what.padEnd(9)} ${said}\n`)
      }
    }
    return found.some(({ verdict }) => verdict === 'problem') ? 1 : 0
  },
})
