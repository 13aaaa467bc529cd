/** The data folder as a folder: there, ours, with room; its key files readable by us alone. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { access, constants, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openKeys } from '../../collect/keys.ts'
import { storeFolder } from '../../engine/place.ts'
import { freeBytes } from '../../serve/sizes.ts'
import { openTokens } from '../../serve/tokens.ts'
import { messageOf } from '../../std/errors.ts'
import { bytesText } from '../numbers.ts'
import { type Check, type Finding, note, ok, type Patient, problem } from './finding.ts'

/** Every part of the folder that somebody writes to; missing ones are made when needed. */
const PARTS = ['.', 'log', 'engine', 'spark', 'run', 'archive']
const ANYBODY = 0o077

/** Throws nothing: a folder that is not there is a finding, after which no other check helps. */
export async function findFolder(directory: string): Promise<Finding | null> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => error)
  const cure = 'Check --data; `clickpath up` makes the folder.'
  if (found instanceof Error) {
    if (found.code === 'ENOENT') return problem('folder', `There is no folder ${directory}.`, cure)
    return problem('folder', `${directory} cannot be looked at: ${found.message}.`, cure)
  }
  if (found.isDirectory()) return null
  return problem('folder', `${directory} is a file, not a folder.`, 'Choose another --data.')
}

export const checkFolder: Check = async ({ directory }) => {
  const barred: string[] = []
  for (const part of PARTS) {
    const path = join(directory, part)
    const { R_OK, W_OK, X_OK } = constants
    await access(path, R_OK | W_OK | X_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') barred.push(`${path} (${error.code})`)
    })
  }
  if (barred.length === 0) return [ok('folder', `${directory} can be read and written`)]
  const owner = (await stat(directory)).uid
  const said = `This user may not read and write ${barred.join(', ')}.`
  const who = `as the user it belongs to (uid ${owner})`
  const cure = `Run Clickpath ${who}, or give the folder to this one: chown -R.`
  return [problem('folder', said, cure)]
}

export const checkDisk: Check = async ({ directory, settings }) => {
  const free = await freeBytes(directory)
  const reserve = settings.log_reserve_mb * 1_000_000
  const space = `${bytesText(free)} free, the reserve is ${bytesText(reserve)}`
  if (free >= 2 * reserve) return [ok('disk', space)]
  const cure = 'Free some space, move the folder to a larger disk, or lower log_reserve_mb.'
  if (free >= reserve) return [note('disk', `${space}: events are refused soon`, cure)]
  return [problem('disk', `${space}: events are answered 503, nothing is lost.`, cure)]
}

/** Reads each key file as the process does that uses it; who was erased is checked with the log. */
const KEY_FILES: Readonly<Record<string, (patient: Patient) => unknown>> = {
  [join('erasures', 'key')]: ({ directory }) => readFileSync(join(directory, 'erasures', 'key')),
  'keys.json': ({ directory }) => openKeys(directory, randomBytes),
  'tokens.json': ({ directory, context }) =>
    openTokens({ directory, random: randomBytes, clock: context.clock, tell: () => {} }),
}

export const checkKeys: Check = async (patient) => {
  const found: Finding[] = []
  for (const [name, open] of Object.entries(KEY_FILES)) {
    const file = join(patient.directory, name)
    const entry = await stat(file).catch(() => null)
    if (!entry) continue
    try {
      open(patient)
    } catch (thrown) {
      const cure = `Mend ${file} or restore it from a backup; without it new ones are made.`
      found.push(problem('keys', messageOf(thrown), cure))
      continue
    }
    if ((entry.mode & ANYBODY) === 0 || process.platform === 'win32') continue
    const mode = (entry.mode & 0o777).toString(8)
    const said = `${file} can be read or written by other users of this machine (mode ${mode}).`
    found.push(
      problem('keys', said, `chmod 600 ${file}; who may have read it can use what is in it.`),
    )
  }
  return found.length > 0 ? found : [ok('keys', 'key files can be read by their owner alone')]
}

/** What killed processes leave behind; all of it is removed by whoever made it. */
export const checkLeftovers: Check = async ({ directory, settings }) => {
  const engine = storeFolder(directory, settings)
  const names = await readdir(engine).catch((): string[] => [])
  const found: Finding[] = []
  if (names.includes('clickpath.duckdb.spill')) {
    const said = `A killed process left its spill files (${engine}/clickpath.duckdb.spill).`
    found.push(note('leftovers', said, 'The next start removes them.'))
  }
  if (names.includes('clickpath.duckdb.broken')) {
    const size = bytesText((await stat(join(engine, 'clickpath.duckdb.broken'))).size)
    const said = `A database that could not be gone on from was set aside (${size}).`
    found.push(note('leftovers', said, `Remove ${join(engine, 'clickpath.duckdb.broken')}.`))
  }
  return found
}
