/**
 * Copies the records of one partition, as they come from Kafka, into the file of a slice: a line
 * each, without a gap.
 */
import type { RecordsBatch } from '@platformatic/kafka'
import { ClickpathError } from '../../std/errors.ts'
import type { Slice } from '../contract.ts'
import type { SpoolFile } from './spool.ts'

export interface CopyRequest {
  readonly topic: string
  readonly lane: string
  readonly partition: number
  /** Positions [position, until) are wanted, and no more bytes than this. */
  readonly position: number
  readonly until: number
  readonly bytes_max: number
  readonly file: SpoolFile
}

/** Kafka's mark of a batch that holds no records: the end of somebody's transaction. */
const IS_CONTROL = 0b100000
const NEWLINE = Buffer.from('\n')

export class PartitionCopy {
  readonly request: CopyRequest
  #position: number
  #state: 'open' | 'done' = 'open'
  #failure: ClickpathError | null = null

  constructor(request: CopyRequest) {
    this.request = request
    this.#position = request.position
  }

  /** The next position wanted. */
  get position(): number {
    return this.#position
  }

  get state(): 'open' | 'done' {
    return this.#state
  }

  /** `LOG_GONE`, where not even the first record wanted is there. */
  get failure(): ClickpathError | null {
    return this.#failure
  }

  /** Takes what is wanted of some batches, in order. */
  async take(batches: readonly RecordsBatch[]): Promise<void> {
    const lines: Buffer[] = []
    let bytes = this.request.file.bytes
    for (const batch of batches) {
      for (const { offset, value } of recordsOf(batch)) {
        if (this.#state === 'done') break
        if (offset < this.#position) continue
        if (offset > this.#position || value === null || value.includes(NEWLINE)) {
          this.#stop(value === null || offset === this.#position ? offset + 1 : offset)
          break
        }
        lines.push(value, NEWLINE)
        bytes += value.length + 1
        this.#position += 1
        const isFull = this.#position >= this.request.until || bytes >= this.request.bytes_max
        if (isFull) this.#state = 'done'
      }
    }
    if (lines.length > 0) await this.request.file.append(Buffer.concat(lines))
  }

  slice(writers: string): Slice {
    const { lane, position, file } = this.request
    const count = this.#position - position
    const { path, bytes } = file
    const where = { lane, first_position: position, file: path, row_first: 0 }
    return { ...where, count, bytes, format: 'ndjson', writers }
  }

  /** What lies before is given first; the next read begins here and says so. */
  #stop(on_from: number): void {
    const { lane, topic, position } = this.request
    this.#state = 'done'
    if (this.#position > position) return
    const foreign = 'what stands there was not written by Clickpath, or was compacted away'
    const reason = `${foreign}; it is whole again from ${on_from} on`
    this.#failure = new ClickpathError('LOG_GONE', lane, topic, position, reason, on_from)
  }
}

interface PlacedRecord {
  readonly offset: number
  readonly value: Buffer | null
}

function* recordsOf(batch: RecordsBatch): Generator<PlacedRecord> {
  const { firstOffset, attributes, lastOffsetDelta, records } = batch
  const first = Number(firstOffset)
  if (attributes & IS_CONTROL) {
    for (let delta = 0; delta <= lastOffsetDelta; delta++) {
      yield { offset: first + delta, value: null }
    }
    return
  }
  for (const { offsetDelta, value } of records) yield { offset: first + offsetDelta, value }
}
