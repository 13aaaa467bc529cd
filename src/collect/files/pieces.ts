/**
 * Cuts the content of a file of rows into pieces that end where a row ends, and writes each to a
 * file of its own, since DuckDB reads files. Memory holds one block, whatever the file's size.
 */
import { type FileHandle, open } from 'node:fs/promises'

const NEWLINE = 0x0a
const QUOTE = 0x22

/** Whether line breaks may stand inside quoted cells. */
export type Quoting = 'quoted' | 'none'

export interface Piece {
  readonly file: string
  readonly bytes: number
  /** The piece is the last one and its last row has no line break at its end. */
  readonly ending: 'line break' | 'none'
}

export interface PieceOptions {
  readonly quoting: Quoting
  /** A piece is cut at the first row end in the block that reaches this size. */
  readonly piece_bytes: number
  /** A path, new at every call. */
  readonly file: () => string
}

/** How many quotes stand in a part of a block. */
function quotesIn(block: Buffer, from: number, to: number): number {
  let quotes = 0
  for (let at = block.indexOf(QUOTE, from); at !== -1 && at < to; at = block.indexOf(QUOTE, at + 1))
    quotes++
  return quotes
}

/**
 * Where the last row of a block ends, -1 for nowhere. Inside a quoted cell (an odd number of quotes
 * before it) a line break ends no row; where only such ones are found a quote has gone astray, and
 * the last line break is taken: the row is broken anyway.
 */
function lastRowEnd(block: Buffer, quotes_before: number, quoting: Quoting): number {
  const last = block.lastIndexOf(NEWLINE)
  if (quoting === 'none' || last === -1) return last + 1 || -1
  let quotes = quotes_before + quotesIn(block, 0, last)
  let at = last
  while (quotes % 2 === 1) {
    const before = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)
    if (before === -1) return last + 1
    quotes -= quotesIn(block, before, at)
    at = before
  }
  return at + 1
}

class PieceFile {
  readonly file: string
  readonly #handle: FileHandle
  bytes = 0
  quotes = 0

  private constructor(file: string, handle: FileHandle) {
    this.file = file
    this.#handle = handle
  }

  static async create(file: string): Promise<PieceFile> {
    return new PieceFile(file, await open(file, 'w'))
  }

  async write(block: Buffer, quoting: Quoting): Promise<void> {
    if (quoting === 'quoted') this.quotes += quotesIn(block, 0, block.length)
    this.bytes += block.length
    await this.#handle.writeFile(block)
  }

  async end(ending: Piece['ending']): Promise<Piece> {
    await this.#handle.close()
    return { file: this.file, bytes: this.bytes, ending }
  }
}

/** A row longer than this many pieces is broken and is cut wherever the block ends. */
const PIECES_PER_ROW_MAX = 2

/** The pieces in order. Whoever takes one removes its file. */
export async function* cutIntoPieces(
  content: AsyncIterable<Buffer>,
  { quoting, piece_bytes, file }: PieceOptions,
): AsyncGenerator<Piece> {
  let piece: PieceFile | undefined
  let ending: Piece['ending'] = 'line break'
  try {
    for await (const block of content) {
      ending = block.at(-1) === NEWLINE ? 'line break' : 'none'
      piece ??= await PieceFile.create(file())
      const bytes = piece.bytes + block.length
      let cut = bytes >= piece_bytes ? lastRowEnd(block, piece.quotes, quoting) : -1
      if (bytes >= piece_bytes * PIECES_PER_ROW_MAX && cut === -1) cut = block.length
      await piece.write(cut === -1 ? block : block.subarray(0, cut), quoting)
      if (cut === -1) continue
      const whole = piece
      piece = undefined
      yield whole.end('line break')
      if (cut === block.length) continue
      piece = await PieceFile.create(file())
      await piece.write(block.subarray(cut), quoting)
    }
    if (piece) yield await piece.end(ending)
  } finally {
    // Ended early: the lane's next opening removes the file.
    await piece?.end(ending).catch(() => undefined)
  }
}
