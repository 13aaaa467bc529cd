/**
 * Takes records out of a live segment, which may be the one that is being written: a line is
 * overwritten by another of the same length, blanks at its end, and its group gets a new checksum.
 * Positions, bytes and every other line stay.
 */
import { encodeGroup, type Group } from './commit_line.ts'
import { groupAfterDamage } from './damage.ts'
import { type Patch, type PatchedLane, patchSegment } from './erase_patch.ts'
import type { OpenFile } from './file_system.ts'
import { type GroupChunk, scanGroups } from './group_scan.ts'
import type { DurableSegment } from './lane_state.ts'
import type { Machine } from './machine.ts'
import type { Range } from './segment_name.ts'

/** What takes the place of a record's line (without its end); null where the line stays. */
export type Replace = (line: string) => string | null

export interface LiveErasing extends PatchedLane {
  readonly machine: Machine
  readonly segment: DurableSegment
  readonly replace: Replace
  /** `count`: nothing is written. */
  readonly how: 'count' | 'erase'
  /** Only groups that hold some of these positions are looked at. */
  readonly range: Range
}

export interface ErasedHere {
  readonly records: number
  /** Of their lines. */
  readonly bytes: number
  /** Records that are damaged, in which nobody can look. */
  readonly unreadable: readonly Range[]
}

const NEWLINE = 0x0a
const BLANK = 0x20

export async function eraseLive(erasing: LiveErasing): Promise<ErasedHere> {
  const file = await erasing.machine.files.open(erasing.segment.file, 'read')
  try {
    return await new Sweep(erasing).run(file)
  } finally {
    await file.close()
  }
}

class Sweep {
  readonly #erasing: LiveErasing
  #records = 0
  #bytes = 0

  constructor(erasing: LiveErasing) {
    this.#erasing = erasing
  }

  async run(file: OpenFile): Promise<ErasedHere> {
    const { first_position, end_position, bytes: to_byte } = this.#erasing.segment
    const unreadable: Range[] = []
    let [from_byte, position] = [0, first_position]
    for (;;) {
      const end = await this.#scan(file, { from_byte, position, to_byte })
      if (end.position >= end_position) break
      const whole = await groupAfterDamage(file, end.from_byte, to_byte)
      const on = whole && whole.position > end.position ? whole : null
      unreadable.push({ from: end.position, to: on?.position ?? end_position })
      if (!on) break
      from_byte = on.byte
      position = on.position
    }
    return { records: this.#records, bytes: this.#bytes, unreadable }
  }

  /** Until the range ends, or is damaged. Answers where that is. */
  async #scan(file: OpenFile, range: Parameters<typeof scanGroups>[1]) {
    let { from_byte, position } = range
    for await (const chunk of scanGroups(file, range)) {
      const last = chunk.groups.at(-1)
      if (!last) break
      await this.#sweep(chunk)
      from_byte = chunk.byte + last.end
      position = last.first_position + last.count
    }
    return { from_byte, position }
  }

  async #sweep({ buffer, byte, groups }: GroupChunk): Promise<void> {
    const { machine, segment, how, range } = this.#erasing
    const patches: Patch[] = []
    for (const group of groups) {
      const { first_position, count } = group
      if (first_position >= range.to || first_position + count <= range.from) continue
      if (!this.#overwrite(buffer, group)) continue
      const records = buffer.subarray(group.start, group.records_end)
      const bytes = encodeGroup(first_position, count, [records])
      patches.push({ byte: byte + group.start, bytes })
    }
    if (how === 'erase' && patches.length > 0) {
      await patchSegment(machine, this.#erasing, segment.name, patches)
    }
  }

  /** Overwrites the lines of a group in memory; whether there were any to. */
  #overwrite(buffer: Buffer, { start, records_end }: Group): boolean {
    const before = this.#records
    for (let at = start; at < records_end; ) {
      const end = buffer.indexOf(NEWLINE, at)
      const line = buffer.toString('utf8', at, end)
      const replaced = this.#erasing.replace(line)
      if (replaced !== null) {
        if (Buffer.byteLength(replaced) > end - at) {
          throw new Error(`a line of ${end - at} bytes cannot become ${replaced}`)
        }
        const written = buffer.write(replaced, at)
        buffer.fill(BLANK, at + written, end)
        this.#records += 1
        this.#bytes += end + 1 - at
      }
      at = end + 1
    }
    return this.#records > before
  }
}
