/**
 * A segment while it is written: bytes go to its end and are durable when `append` resolves. It
 * knows no records; it remembers up to where the file is good.
 */
import { dirname } from 'node:path'
import { uncertain } from './disk_full.ts'
import { type FileSystem, type OpenFile, writeAll } from './file_system.ts'

export class AppendFile {
  readonly #file: OpenFile
  #durable_bytes: number

  private constructor(file: OpenFile, durable_bytes: number) {
    this.#file = file
    this.#durable_bytes = durable_bytes
  }

  /**
   * Opens or creates a file whose first `durable_bytes` are good; anything after them goes. The
   * file's name is durable as well. Throws a full disk as such only where nothing was done.
   */
  static async open(files: FileSystem, path: string, durable_bytes: number): Promise<AppendFile> {
    const file = await files.open(path, 'durable')
    try {
      await file.truncate(durable_bytes)
      await files.syncDirectory(dirname(path))
      return new AppendFile(file, durable_bytes)
    } catch (error) {
      await file.close().catch(() => 'the first error says more')
      throw uncertain('a segment cannot be begun', error)
    }
  }

  get durable_bytes(): number {
    return this.#durable_bytes
  }

  /** Resolves when all bytes are durable. After an error nobody knows what the file's end holds. */
  async append(bytes: Buffer): Promise<void> {
    await writeAll(this.#file, bytes, this.#durable_bytes)
    this.#durable_bytes += bytes.length
  }

  /** Takes back what a failed append may have left, durably, so that recovery cannot find it. */
  async takeBack(): Promise<void> {
    await this.#file.truncate(this.#durable_bytes)
    await this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
