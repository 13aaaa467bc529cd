/**
 * The log: bytes in order, per lane, for ever replayable. It knows lanes, positions and records as
 * lines; it knows nothing of what a record means. One writer a lane; any number of readers.
 */

/** How the lanes of imports begin; every other lane is written live. */
export const IMPORT_LANE = 'import-'

/** Lane name to the number of records before which everything has been read. */
export type Offsets = ReadonlyMap<string, number>

export interface LaneStatus {
  readonly lane: string
  /** The first position still kept (older ones may have been archived). */
  readonly first_position: number
  /** The durable mark: positions below it survive a power cut; readers never pass it. */
  readonly durable_position: number
  readonly bytes: number
  readonly segments: number
  /** Records that were lost to damage and given up. */
  readonly lost: number
  /**
   * What tells the records before a position from those of any other log, however alike its lanes
   * and positions are; undefined where that cannot be told, as of imports.
   */
  writersBefore(position: number): string | undefined
}

/** `count` records of one lane, in order. */
export interface RecordRange {
  readonly lane: string
  /**
   * Beyond the position that was asked for, or that the range before ended at, where the records
   * between them were lost to damage and given up. It is empty where nothing follows them.
   */
  readonly first_position: number
  readonly count: number
  /** As its lane's `writersBefore` the range's end. */
  readonly writers?: string | undefined
}

/** A file that holds exactly the records of the range, for an engine to read whole. */
export interface Slice extends RecordRange {
  readonly bytes: number
  readonly format: 'ndjson' | 'parquet'
  readonly file: string
  /** For Parquet: the slice is rows [row_first, row_first + count) of the file. */
  readonly row_first: number
}

export interface ReadLimits {
  /** At most this many records in all slices together; at least one commit group is given. */
  readonly records_max: number
  readonly bytes_max: number
}

export interface Log {
  /** Every lane, by name. Cheap: called several times a second. */
  lanes(): Promise<readonly LaneStatus[]>
  /**
   * What is durable after `offsets`, within the limits, fair to all lanes: a big import never
   * starves a live lane. Empty when there is nothing. A slice's file stays until the next `read` or
   * `close` of this reader. Throws `LOG_CORRUPT`, naming lane, segment and position, and the one
   * from which the lane is whole again, where a checksum fails inside the durable part (`LOG_GONE`
   * where Kafka no longer has it): what lies before is given first, and what other lanes have is
   * given by every other read.
   */
  read(offsets: Offsets, limits: ReadLimits): Promise<readonly Slice[]>
  /**
   * The same as ranges alone, for whoever fetches the records by itself where the log lies. A log
   * in files has none: its slices are files already.
   */
  ranges?(offsets: Offsets, records_max: number): Promise<readonly RecordRange[]>
  close(): Promise<void>
}

/** A key for each line, or null: records of one key are in one lane, in the order written. */
export type Keys = readonly (string | null)[]

/** What an append answers once its records are durable. */
export interface Durable {
  /** Of the first record, in the lane where it is; the others may be in other lanes. */
  readonly first_position: number
  readonly count: number
}

export interface LaneWriter {
  readonly lane: string
  /**
   * Resolves when the records are durable; concurrent calls share one sync (group commit).
   * `lines` holds `count` records, each ended by one "\n". Rejects with `LOG_FULL` below the disk
   * reserve or beyond the queue's bound (nothing was written: try again later), and with
   * `LOG_FAILED` when a write or sync failed: then every later append fails too and the process
   * must end, since what the disk holds is unknown until recovery. Rejects with `LOG_SLOW` when the
   * disk did not answer in time: the records may be kept or not. Where a log has one lane a writer,
   * keys mean nothing to it: all lines of it are in order anyway.
   */
  append(lines: Buffer, count: number, keys?: Keys): Promise<Durable>
  /** Why an append would be refused now, so that a caller may do so before it reads; else null. */
  refusal(): string | null
  /** Bytes that wait to be durable; bounded by `append_queue_bytes_max`. */
  readonly waiting_bytes: number
  close(): Promise<void>
}
