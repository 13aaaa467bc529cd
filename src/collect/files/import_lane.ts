/**
 * The lanes of a file: the first import of it writes `import-HASH`, the second `import-HASH-2`, and
 * so on. Beside its segments a lane keeps import.json: what it is a copy of, and how far it has
 * come; so an import that was interrupted is continued, and one that is complete is not.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { IMPORT_LANE } from '../../log/contract.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { type LaneImport, openLaneImport } from '../../log/files/lane_import.ts'

export interface ImportProgress {
  /** Rows of the file that stand in the lane; more may, after a kill. */
  readonly rows: number
  /** Bytes of the inflated content before the next row, its header included. */
  readonly bytes: number
  /** Records that these rows became. */
  readonly records: number
  /** How many of them are neither events nor refused: customers, links of visitors. */
  readonly others: number
}

export interface Manifest extends ImportProgress {
  /** What is imported and how: another answer here is another import. */
  readonly identity: Readonly<Record<string, string>>
  readonly file: string
  /** ISO 8601, UTC: the same for every record of the import, also when it is continued. */
  readonly received_at: string
  readonly state: 'unfinished' | 'complete'
}

const NOTHING: ImportProgress = { rows: 0, bytes: 0, records: 0, others: 0 }
const MANIFEST = 'import.json'
const IDENTITY_DIGITS = 16
const IMPORTS_MAX = 10_000

async function readManifest(directory: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as Manifest
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/**
 * Replaces the manifest whole. `durable` outlives a power cut; otherwise the one before it may be
 * what is left.
 */
async function writeManifest(
  directory: string,
  manifest: Manifest,
  how: 'durable' | 'soon',
): Promise<void> {
  // Tricky: a name with `draft-` is removed at the lane's next opening, should it be left behind.
  const draft = join(directory, `draft-${MANIFEST}`)
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(`${JSON.stringify(manifest)}\n`)
    // Also when only `soon`: a power cut could keep the new name and not the bytes.
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, join(directory, MANIFEST))
  if (how === 'durable') await realFiles.syncDirectory(directory)
}

export interface ImportLane {
  readonly lane: LaneImport
  /** The lane's folder. */
  readonly directory: string
  readonly manifest: Manifest
  /** Which import of this file it is, from 1. */
  readonly number: number
  progress(progress: ImportProgress): Promise<void>
  complete(progress: ImportProgress): Promise<void>
}

export interface ImportLaneOptions {
  /** The log's directory. */
  readonly directory: string
  readonly file: string
  readonly identity: Manifest['identity']
  readonly received_at: string
}

/** Continues the file's unfinished import, or begins a new one. Throws `LANE_LOCKED`. */
export async function openImportLane(options: ImportLaneOptions): Promise<ImportLane> {
  const { directory: log, identity, file, received_at } = options
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const name = `${IMPORT_LANE}${hash.slice(0, IDENTITY_DIGITS)}`
  for (let number = 1; number <= IMPORTS_MAX; number++) {
    const laneName = number === 1 ? name : `${name}-${number}`
    const directory = join(log, laneName)
    const found = await readManifest(directory)
    if (found?.state === 'complete') continue
    const lane = await openLaneImport({ directory: log, lane: laneName })
    const fresh: Manifest = { identity, file, received_at, state: 'unfinished', ...NOTHING }
    let manifest = found ?? fresh
    const tell = async (change: Partial<Manifest>, how: 'durable' | 'soon') => {
      manifest = { ...manifest, ...change }
      await writeManifest(directory, manifest, how)
    }
    // Durable before the first record is: a lane with records always says what they are.
    if (!found) await tell({}, 'durable')
    return {
      lane,
      directory,
      number,
      get manifest() {
        return manifest
      },
      progress: (progress) => tell(progress, 'soon'),
      complete: (progress) => tell({ ...progress, state: 'complete' }, 'durable'),
    }
  }
  throw new Error(`${file} has been imported ${IMPORTS_MAX} times`)
}
