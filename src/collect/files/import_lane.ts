/**
 * The lanes of a file: the first import of it writes `import-HASH`, the second `import-HASH-2`, and
 * so on. Beside its segments a lane keeps import.json: what it is a copy of, and how far it has
 * come; so an import that was interrupted is continued, and one that is complete is not. Where the
 * log is a topic, the folder holds import.json alone.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { IMPORT_LANE } from '../../log/contract.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { type LaneImport, openLaneImport } from '../../log/files/lane_import.ts'
import { topicOf } from '../../log/open_log.ts'
import type { Clock } from '../../std/clock.ts'
import type { Settings } from '../../std/settings.ts'
import { ImportTopic } from './import_topic.ts'
import type { Scratch } from './scratch.ts'

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
  /** Where the topic stood, lane by lane, when these records were in it: see import_topic.ts. */
  readonly offsets?: Readonly<Record<string, number>>
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

/** Records [from, to) of a lane; others' may lie between them. */
export interface Extent {
  readonly lane: string
  readonly from: number
  readonly to: number
}

/** Where the records of an import go: a lane of its own, or a topic. */
export interface ImportTarget {
  /** How many records are there. */
  readonly next_position: number
  /** Makes the `count` records of a finished draft durable, in the order of the calls. */
  keep(draft: string, count: number, scratch: Scratch): Promise<void>
  /** Where the records are that were kept since it was opened, and before where that is known. */
  extents(): Promise<readonly Extent[]>
  /** What the manifest is to remember of the target. */
  state(): Promise<Pick<Manifest, 'offsets'>>
}

export interface ImportLane extends Omit<ImportTarget, 'state'> {
  readonly name: string
  readonly manifest: Manifest
  /** Which import of this file it is, from 1. */
  readonly number: number
  /** A path, new at every call, to write one Parquet file to. */
  draft(): string
  progress(progress: ImportProgress): Promise<void>
  complete(progress: ImportProgress): Promise<void>
  close(): Promise<void>
}

export interface ImportLaneOptions {
  /** The data folder. */
  readonly directory: string
  readonly file: string
  readonly identity: Manifest['identity']
  readonly received_at: string
  readonly settings: Settings
  readonly clock: Clock
}

function fileTarget(lane: LaneImport): ImportTarget {
  return {
    get next_position() {
      return lane.next_position
    },
    keep: async (draft, count) => void (await lane.add(draft, count)),
    extents: async () => [{ lane: lane.lane, from: 0, to: lane.next_position }],
    state: async () => ({}),
  }
}

/** Continues the file's unfinished import, or begins a new one. Throws `LANE_LOCKED`. */
export async function openImportLane(options: ImportLaneOptions): Promise<ImportLane> {
  const { directory, file, received_at, settings } = options
  const topic = topicOf(settings) ? await ImportTopic.open(options) : undefined
  try {
    const identity = { ...options.identity, ...(topic ? { topic: topic.id } : {}) }
    const { found, ...place } = await unfinishedOr(join(directory, 'log'), identity)
    const lane = await openLaneImport({ directory: join(directory, 'log'), lane: place.name })
    const fresh: Manifest = { identity, file, received_at, state: 'unfinished', ...NOTHING }
    let manifest = found ?? fresh
    const target = topic ? await topic.begin(manifest) : fileTarget(lane)
    const tell = async (change: Partial<Manifest>, how: 'durable' | 'soon') => {
      manifest = { ...manifest, ...change, ...(await target.state()) }
      await writeManifest(place.directory, manifest, how)
    }
    // Durable before the first record is: a lane with records always says what they are.
    if (!found) await tell({}, 'durable')
    return {
      name: place.name,
      number: place.number,
      get manifest() {
        return manifest
      },
      get next_position() {
        return target.next_position
      },
      draft: () => lane.draft(),
      keep: (draft, count, scratch) => target.keep(draft, count, scratch),
      extents: () => target.extents(),
      progress: (progress) => tell(progress, 'soon'),
      complete: (progress) => tell({ ...progress, state: 'complete' }, 'durable'),
      close: async () => {
        await topic?.close()
        await lane.close()
      },
    }
  } catch (thrown) {
    await topic?.close()
    throw thrown
  }
}

interface LanePlace {
  readonly name: string
  readonly directory: string
  readonly number: number
  readonly found: Manifest | undefined
}

/** The lane of the unfinished import of the same content, or the next one that is free. */
async function unfinishedOr(log: string, identity: Manifest['identity']): Promise<LanePlace> {
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const first = `${IMPORT_LANE}${hash.slice(0, IDENTITY_DIGITS)}`
  for (let number = 1; number <= IMPORTS_MAX; number++) {
    const name = number === 1 ? first : `${first}-${number}`
    const directory = join(log, name)
    const found = await readManifest(directory)
    if (found?.state !== 'complete') return { name, directory, number, found }
  }
  throw new Error(`it has been imported ${IMPORTS_MAX} times`)
}
