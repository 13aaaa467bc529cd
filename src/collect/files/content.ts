/**
 * The bytes of a file to import, inflated where it is gzip (its first bytes tell, not its name),
 * and what identifies them: the same rows plain or gzipped are the same content.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { ClickpathError, messageOf } from '../../std/errors.ts'

/** Read at once; what is cut out of the content is cut at most this coarsely. */
export const BLOCK_BYTES = 1_048_576
const GZIP_FIRST = 0x1f
const GZIP_SECOND = 0x8b

export interface Identity {
  /** SHA-256 of the inflated content, hexadecimal. */
  readonly sha256: string
  /** Bytes of the inflated content. */
  readonly bytes: number
  readonly packing: 'plain' | 'gzip'
}

export function unreadable(file: string, thrown: unknown): ClickpathError {
  if (thrown instanceof ClickpathError) return thrown
  return new ClickpathError('FILE_UNREADABLE', file, messageOf(thrown))
}

async function packingOf(file: string): Promise<Identity['packing']> {
  if (!(await stat(file)).isFile()) throw new Error('it is no file')
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer[0] === GZIP_FIRST && buffer[1] === GZIP_SECOND ? 'gzip' : 'plain'
  } finally {
    await handle.close()
  }
}

export interface Part {
  readonly from_byte: number
  readonly block_bytes: number
}

async function* read(
  file: string,
  packing: Identity['packing'],
  { from_byte, block_bytes }: Part,
): AsyncGenerator<Buffer> {
  if (packing === 'plain') {
    yield* createReadStream(file, { highWaterMark: block_bytes, start: from_byte })
    return
  }
  let skipped = 0
  for await (const block of inflate(file, block_bytes)) {
    const part = block.subarray(Math.min(block.length, from_byte - skipped))
    skipped += block.length - part.length
    if (part.length > 0) yield part
  }
}

function inflate(file: string, block_bytes: number): AsyncIterable<Buffer> & Readable {
  const bytes = createReadStream(file, { highWaterMark: BLOCK_BYTES / 4 })
  // Tricky: with a sync flush at its end, a cut archive gives what it has instead of an error.
  const inflated = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: block_bytes })
  bytes.on('error', (error) => inflated.destroy(error))
  inflated.on('close', () => bytes.destroy())
  return bytes.pipe(inflated)
}

/** The content in blocks. Throws FILE_UNREADABLE, also in the midst of it. */
export async function* readContent(
  file: string,
  packing: Identity['packing'],
  part: Part = { from_byte: 0, block_bytes: BLOCK_BYTES },
): AsyncGenerator<Buffer> {
  try {
    yield* read(file, packing, part)
  } catch (thrown) {
    throw unreadable(file, thrown)
  }
}

/** Reads the whole file once. Throws FILE_UNREADABLE. */
export async function identify(
  file: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Identity> {
  const packing = await packingOf(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown)
  })
  const hash = createHash('sha256')
  let bytes = 0
  for await (const block of readContent(file, packing)) {
    signal.throwIfAborted()
    hash.update(block)
    bytes += block.length
    onBytes(bytes)
  }
  if (bytes === 0) throw new ClickpathError('FILE_UNREADABLE', file, 'it is empty')
  return { sha256: hash.digest('hex'), bytes, packing }
}
