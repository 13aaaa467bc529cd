/** `clickpath doctor`: looks for what is wrong with a data folder; says what, why, and the cure. */
import { resolve } from 'node:path'
import { sparkOf } from '../engine/place.ts'
import { messageOf } from '../std/errors.ts'
import { command, DATA_OPTION, type Output } from './command.ts'
import { type Check, type Finding, type Patient, verdictOf } from './doctor/finding.ts'

const OPTIONS = {
  data: { ...DATA_OPTION, about: 'The data folder to look at.' },
  'skip-damaged': {
    type: 'boolean',
    about: 'Give up, for good, the records of the log that are damaged; the rest goes on.',
  },
} as const

export const doctorCommand = command({
  name: 'doctor',
  summary: 'look for what is wrong, and say the cure',
  usage: '[--data DIR] [--skip-damaged]',
  options: OPTIONS,
  examples: ['clickpath doctor --data /srv/shop', 'clickpath doctor --skip-damaged'],
  run: async (context) => {
    const { options, stdout, cwd, json, settings } = context
    const damaged = options['skip-damaged'] ? 'skip' : 'tell'
    const patient = { directory: resolve(cwd, options.data), settings, context }
    const found = await examine(patient, damaged)
    if (json) stdout.write(`${JSON.stringify(found)}\n`)
    else print(stdout, found)
    return verdictOf(found) === 'problem' ? 1 : 0
  },
})

async function examine(patient: Patient, damaged: 'tell' | 'skip'): Promise<readonly Finding[]> {
  const { findFolder, checkFolder, checkDisk, checkKeys, checkLeftovers } = await import(
    './doctor/folder.ts'
  )
  const { checkRunning, checkWriters, checkPort, checkServer } = await import(
    './doctor/processes.ts'
  )
  const { checkLog, checkClock } = await import('./doctor/log.ts')
  const { checkDatabase } = await import('./doctor/database.ts')
  const { checkEventFiles } = await import('./doctor/archive.ts')
  const { topicOf } = await import('../log/open_log.ts')
  const noFolder = await findFolder(patient.directory)
  if (noFolder) return [noFolder]
  const topic = topicOf(patient.settings)
  const spark = sparkOf(patient.settings)
  const { checkSpark } = await import('./doctor/spark.ts')
  const { checkTopic } = await import('./doctor/kafka.ts')
  const ofLog: Readonly<Record<string, Check>> = topic
    ? { log: (someone) => checkTopic(someone, topic, damaged) }
    : { writers: checkWriters, log: (someone) => checkLog(someone, damaged), clock: checkClock }
  const checks: Readonly<Record<string, Check>> = {
    folder: checkFolder,
    disk: checkDisk,
    keys: checkKeys,
    running: checkRunning,
    port: checkPort,
    ...ofLog,
    ...(spark ? { spark: (someone) => checkSpark(someone, spark) } : {}),
    database: async (someone) => (await checkServer(someone)) ?? checkDatabase(someone),
    archive: checkEventFiles,
    leftovers: checkLeftovers,
  }
  const found: Finding[] = []
  for (const [what, check] of Object.entries(checks)) {
    found.push(...(await check(patient).catch((thrown) => [unforeseen(what, thrown)])))
  }
  return found
}

/** A check that fails says so, and the others go on. */
function unforeseen(what: string, thrown: unknown): Finding {
  const said = `This could not be looked at: ${messageOf(thrown)}.`
  return { what, verdict: 'problem', said, cure: 'Mend that, and ask again.' }
}

function print(stdout: Output, found: readonly Finding[]): void {
  for (const { what, verdict, said, cure } of found) {
    stdout.write(`${verdict.padEnd(8)} ${what.padEnd(9)} ${said}\n`)
    if (cure !== null) stdout.write(`${' '.repeat(19)}-> ${cure}\n`)
  }
  const problems = found.filter(({ verdict }) => verdict === 'problem').length
  stdout.write(problems === 0 ? '\nNo problem found.\n' : `\nProblems: ${problems}\n`)
}
