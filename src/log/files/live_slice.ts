/**
 * Copies records of a live segment into a file of their own, without the commit lines: whole
 * groups, checksums verified, no JavaScript for each record.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { ReadLimits } from '../contract.ts'
import type { Group } from './commit_line.ts'
import type { Cursor } from './cursors.ts'
import { groupAfterDamage } from './damage.ts'
import { type FileSystem, type OpenFile, writeAll } from './file_system.ts'
import { type GroupChunk, scanGroups } from './group_scan.ts'
import type { DurableSegment } from './lane_state.ts'

export interface LiveSliceRequest {
  readonly lane: string
  readonly segment: DurableSegment
  /** The first position wanted, and a place in the segment at or before it. */
  readonly position: number
  readonly from: Cursor
  readonly limits: ReadLimits
  readonly least: 'one-group' | 'nothing'
  /** The file to create. */
  readonly file: string
}

export interface LiveSlice {
  readonly count: number
  readonly bytes: number
  readonly start: Cursor
  readonly end: Cursor
}

/**
 * Copies what is durable from a position on, within the limits; null when no group fits them.
 * Throws `LOG_CORRUPT` when the first group wanted is damaged; damage further on only ends the
 * slice.
 */
export async function copyLiveSlice(
  files: FileSystem,
  request: LiveSliceRequest,
): Promise<LiveSlice | null> {
  const segment = await files.open(request.segment.file, 'read')
  try {
    const copy = await files.open(request.file, 'empty')
    try {
      return await new Copying(request, copy).run(segment)
    } finally {
      await copy.close()
    }
  } finally {
    await segment.close()
  }
}

class Copying {
  readonly #request: LiveSliceRequest
  readonly #copy: OpenFile
  #count = 0
  #bytes = 0
  #start: Cursor | null = null
  #end: Cursor

  constructor(request: LiveSliceRequest, copy: OpenFile) {
    this.#request = request
    this.#copy = copy
    this.#end = request.from
  }

  async run(segment: OpenFile): Promise<LiveSlice | null> {
    const { segment: source, position } = this.#request
    const { bytes, end_position } = source
    for (;;) {
      const stop = await this.#copyGroups(segment)
      if (stop === null || this.#count > 0) return this.#slice()
      const whole = await groupAfterDamage(segment, this.#end.byte, bytes)
      const on = whole && whole.position > this.#end.position ? whole : null
      if (!on || on.position > position) throw this.#corrupt(stop, on?.position ?? end_position)
      // The damage lies before what is wanted, and has been told to whoever wanted that.
      this.#end = this.#cursor(on.position, on.byte)
    }
  }

  /** Copies until a limit, or the end. Answers what is damaged there, or null. */
  async #copyGroups(segment: OpenFile): Promise<string | null> {
    const { bytes: to_byte, end_position } = this.#request.segment
    const { byte: from_byte, position } = this.#end
    for await (const chunk of scanGroups(segment, { from_byte, position, to_byte })) {
      if (chunk.problem !== null) return chunk.problem
      if ((await this.#take(chunk)) === 'limit') return null
    }
    if (this.#end.position === end_position) return null
    return `it ends before position ${end_position}`
  }

  async #take(chunk: GroupChunk): Promise<'limit' | 'more'> {
    const { position } = this.#request
    const { buffer } = chunk
    const copied = this.#bytes
    let kept = 0
    let answer: 'limit' | 'more' = 'more'
    for (const group of chunk.groups) {
      const end = group.first_position + group.count
      if (end > position) {
        if (group.first_position < position)
          throw this.#corrupt('no group begins at this position', null)
        if (!this.#fits(group)) {
          answer = 'limit'
          break
        }
        this.#start ??= this.#cursor(group.first_position, chunk.byte + group.start)
        // Tricky: records move down over the commit lines within the chunk, which nobody reads
        // again.
        kept += buffer.copy(buffer, kept, group.start, group.records_end)
        this.#count += group.count
        this.#bytes += group.records_end - group.start
      }
      this.#end = this.#cursor(end, chunk.byte + group.end)
    }
    await writeAll(this.#copy, buffer.subarray(0, kept), copied)
    return answer
  }

  #fits(group: Group): boolean {
    const { limits, least } = this.#request
    if (this.#count === 0 && least === 'one-group') return true
    return (
      this.#count + group.count <= limits.records_max &&
      this.#bytes + group.records_end - group.start <= limits.bytes_max
    )
  }

  #slice(): LiveSlice | null {
    if (!this.#start) return null
    return { count: this.#count, bytes: this.#bytes, start: this.#start, end: this.#end }
  }

  #cursor(position: number, byte: number): Cursor {
    return { segment: this.#request.segment.first_position, position, byte }
  }

  #corrupt(damage: string, on_from: number | null): ClickpathError {
    const { lane, segment } = this.#request
    const reason = on_from === null ? damage : `${damage}; it is whole again from ${on_from} on`
    return new ClickpathError('LOG_CORRUPT', lane, segment.name, this.#end.position, reason)
  }
}
