/**
 * The checksum of an imported segment, which stands in its name: a file of somebody else's format
 * is noticed to be damaged without being understood.
 */
import { crc32 } from 'node:zlib'
import type { OpenFile } from './file_system.ts'
import { readBytes } from './group_scan.ts'

const CHUNK_BYTES = 4_000_000

/** The CRC-32 of a file's first bytes; of all that it has where it is shorter. */
export async function fileChecksum(file: OpenFile, bytes: number): Promise<number> {
  let checksum = 0
  for (let byte = 0; byte < bytes; byte += CHUNK_BYTES) {
    checksum = crc32(await readBytes(file, byte, Math.min(CHUNK_BYTES, bytes - byte)), checksum)
  }
  return checksum
}
