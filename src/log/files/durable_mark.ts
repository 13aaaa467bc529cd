/**
 * The durable mark of a lane: what is on disk for certain. Its writer overwrites it in place after
 * each sync; readers in other processes read it and never pass it. It is not synced itself: after a
 * power cut it may be old, never ahead, and recovery moves it on.
 *
 *   durable-mark.json: 128 bytes, one JSON line filled up with blanks
 *   {"segment":"20 digits","byte":"20 digits","position":"20 digits","crc32":"8 hex"}      \n
 *                                                                    covers all before its comma
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { checksumText } from './commit_line.ts'
import { uncertain } from './disk_full.ts'
import type { FileSystem, OpenFile } from './file_system.ts'
import { readBytes } from './group_scan.ts'
import { digits20 } from './segment_name.ts'

export interface DurableMark {
  /** The first position of the segment that was written last. */
  readonly segment: number
  /** The durable bytes of that segment. */
  readonly byte: number
  /** The position after the last durable record. */
  readonly position: number
}

export const durableMarkName = 'durable-mark.json'
const MARK_BYTES = 128
const MARK =
  /^(\{"segment":"(\d{20})","byte":"(\d{20})","position":"(\d{20})"),"crc32":"([0-9a-f]{8})"\} *\n$/
const READ_ATTEMPTS_MAX = 5

function encodeMark({ segment, byte, position }: DurableMark): Buffer {
  const numbers = [segment, byte, position].map(digits20)
  const start = `{"segment":"${numbers[0]}","byte":"${numbers[1]}","position":"${numbers[2]}"`
  const line = `${start},"crc32":"${checksumText(crc32(start))}"}`
  return Buffer.from(`${line.padEnd(MARK_BYTES - 1)}\n`)
}

function decodeMark(text: string): DurableMark | null {
  const parts = MARK.exec(text)
  if (!parts || checksumText(crc32(parts[1] ?? '')) !== parts[5]) return null
  return { segment: Number(parts[2]), byte: Number(parts[3]), position: Number(parts[4]) }
}

/** The mark of the lane in this directory; null where there is none or its checksum differs. */
export async function readMark(files: FileSystem, directory: string): Promise<DurableMark | null> {
  for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
    try {
      const mark = decodeMark(await readText(files, join(directory, durableMarkName)))
      // Tricky: a read may overlap a write and see half of each; the next one sees a whole mark.
      if (mark) return mark
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
  return null
}

async function readText(files: FileSystem, path: string): Promise<string> {
  const file = await files.open(path, 'read')
  try {
    return (await readBytes(file, 0, MARK_BYTES + 1)).toString('latin1')
  } finally {
    await file.close()
  }
}

/** The mark as its one writer holds it open. */
export class MarkFile {
  readonly #file: OpenFile

  private constructor(file: OpenFile) {
    this.#file = file
  }

  /** Opens or creates the mark and makes this value, and the file's name, durable. */
  static async open(files: FileSystem, directory: string, mark: DurableMark): Promise<MarkFile> {
    const file = new MarkFile(await files.open(join(directory, durableMarkName), 'keep'))
    try {
      file.write(mark)
      await file.sync()
      await files.syncDirectory(directory)
      return file
    } catch (error) {
      await file.close().catch(() => 'the first error says more')
      throw error
    }
  }

  /** Lets readers go on to here. The records must be durable already. */
  write(mark: DurableMark): void {
    // Tricky: synchronous, since 128 bytes into the page cache take a microsecond and a turn
    // through the thread pool takes fifty.
    const bytes = encodeMark(mark)
    try {
      for (let done = 0; done < MARK_BYTES; ) {
        const written = this.#file.writeNow(bytes.subarray(done), done)
        if (written === 0) throw new Error('the disk takes nothing')
        done += written
      }
    } catch (error) {
      // A full disk here does not mean that the records were not written.
      throw uncertain('the durable mark cannot be written', error)
    }
  }

  sync(): Promise<void> {
    return this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
