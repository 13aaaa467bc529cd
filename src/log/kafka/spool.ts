/** The files into which a reader copies what it gives: gone at the next read. */
import { join } from 'node:path'
import { type FileSystem, type OpenFile, writeAll } from '../files/file_system.ts'
import { digits20 } from '../files/segment_name.ts'

export class Spool {
  readonly #directory: string
  readonly #files: FileSystem
  /** Null until the directory has been emptied of what an earlier process left. */
  #spooled: string[] | null = null

  /** The directory is this spool's alone. */
  constructor(directory: string, files: FileSystem) {
    this.#directory = directory
    this.#files = files
  }

  async empty(): Promise<void> {
    if (this.#spooled === null) {
      await this.#files.remove(this.#directory)
      await this.#files.makeDirectory(this.#directory)
    }
    for (const file of this.#spooled ?? []) await this.#files.remove(file)
    this.#spooled = []
  }

  async open(lane: string, position: number): Promise<SpoolFile> {
    const path = join(this.#directory, `${lane}-${digits20(position)}.ndjson`)
    this.#spooled?.push(path)
    return new SpoolFile(path, await this.#files.open(path, 'empty'))
  }

  remove(): Promise<void> {
    return this.#files.remove(this.#directory)
  }
}

export class SpoolFile {
  readonly path: string
  readonly #file: OpenFile
  #bytes = 0

  constructor(path: string, file: OpenFile) {
    this.path = path
    this.#file = file
  }

  get bytes(): number {
    return this.#bytes
  }

  async append(bytes: Buffer): Promise<void> {
    await writeAll(this.#file, bytes, this.#bytes)
    this.#bytes += bytes.length
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
