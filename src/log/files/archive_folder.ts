/**
 * The log's archive as a reader sees it: which positions of which lane lie in which file. Files
 * come while it is read and are replaced by others, never taken away; so what is known is looked up
 * anew only where it does not answer.
 */
import { join } from 'node:path'
import { type ArchivedSegment, isDatedFolder, parseArchivedName } from './archive_name.ts'
import { type Entry, type FileSystem, realFiles } from './file_system.ts'
import { isDraft } from './segment_name.ts'

/** Lane to its archived segments, in order of position. */
export type ArchivedLanes = ReadonlyMap<string, readonly ArchivedSegment[]>

export class ArchiveFolder {
  /** DIR/archive/log; it need not exist. */
  readonly directory: string
  readonly #files: FileSystem
  #known: Promise<ArchivedLanes> | null = null

  constructor(directory: string, files: FileSystem = realFiles) {
    this.directory = directory
    this.#files = files
  }

  lanes(): Promise<ArchivedLanes> {
    if (this.#known) return this.#known
    const known = this.#look().catch((error: NodeJS.ErrnoException) => {
      // A file was replaced by another since it was listed.
      if (error.code === 'ENOENT') return this.#look()
      throw error
    })
    this.#known = known
    known.catch(() => this.forget())
    return known
  }

  /** The next question looks at the folder again. */
  forget(): void {
    this.#known = null
  }

  /** The file that holds a position; null where the archive does not. */
  async holding(lane: string, position: number): Promise<ArchivedSegment | null> {
    for (const look of ['known', 'again'] as const) {
      if (look === 'again') this.forget()
      const found = (await this.lanes())
        .get(lane)
        ?.find((one) => one.first_position <= position && position < one.end_position)
      if (found) return found
    }
    return null
  }

  /**
   * Removes what a kill left: drafts, and files that others have taken the place of. Only for
   * whoever writes the archive.
   */
  async removeLeftovers(): Promise<void> {
    for (const { directory, name } of await this.#entries()) {
      if (isDraft(name)) await this.#files.remove(join(directory, name))
    }
    const kept = new Set([...(await this.#look()).values()].flat().map(({ file }) => file))
    for (const { file } of await this.#segments()) {
      if (!kept.has(file)) await this.#files.remove(file)
    }
    this.forget()
  }

  async #look(): Promise<ArchivedLanes> {
    const lanes = new Map<string, ArchivedSegment[]>()
    const segments = (await this.#segments()).toSorted(
      (one, other) => one.first_position - other.first_position || other.revision - one.revision,
    )
    for (const segment of segments) {
      const lane = lanes.get(segment.lane) ?? []
      lanes.set(segment.lane, lane)
      // Of two for the same positions the later revision holds.
      if (lane.at(-1)?.first_position === segment.first_position) continue
      const bytes = await this.#files.size(segment.file)
      lane.push({ ...segment, bytes })
    }
    return lanes
  }

  async #segments(): Promise<readonly Omit<ArchivedSegment, 'bytes'>[]> {
    return (await this.#entries())
      .map(({ directory, name }) => parseArchivedName(directory, name))
      .filter((segment) => segment !== null)
  }

  /** The files in the folders of all days. */
  async #entries(): Promise<readonly { readonly directory: string; readonly name: string }[]> {
    let folders: readonly string[] = [this.directory]
    for (let depth = 0; depth < 3; depth++) {
      const below = await Promise.all(folders.map((folder) => this.#dated(folder)))
      folders = below.flat()
    }
    const files = await Promise.all(
      folders.map(async (directory) => {
        const entries = await this.#list(directory)
        return entries.flatMap(({ kind, name }) => (kind === 'file' ? [{ directory, name }] : []))
      }),
    )
    return files.flat()
  }

  async #dated(folder: string): Promise<readonly string[]> {
    const entries = await this.#list(folder)
    return entries
      .filter(({ kind, name }) => kind === 'directory' && isDatedFolder(name))
      .map(({ name }) => join(folder, name))
      .sort()
  }

  #list(folder: string): Promise<readonly Entry[]> {
    return this.#files.list(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
  }
}
