/**
 * The reader of a log in Kafka: a lane is a partition, named by its number, and durable is what
 * Kafka calls committed. What is new is copied into files, as from a log of files. It changes
 * nothing, neither topic nor offsets: those are in the engine's transaction.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { LaneStatus, Log, Offsets, ReadLimits, RecordRange, Slice } from '../contract.ts'
import { fairShares } from '../files/fair_shares.ts'
import { givenUpAt } from '../files/given_up.ts'
import { type Machine, thisMachine } from '../files/machine.ts'
import { listLaneFiles, type Range } from '../files/segment_name.ts'
import type { KafkaAddress } from './address.ts'
import { loadKafka } from './client.ts'
import { PartitionCopy } from './partition_copy.ts'
import { Spool } from './spool.ts'
import { type PartitionState, TopicReader, type TopicState } from './topic_reader.ts'
import { TopicSizes } from './topic_sizes.ts'

export interface KafkaLogOptions {
  readonly address: KafkaAddress
  /** A directory that this reader alone uses: emptied at the first read, gone after `close`. */
  readonly spool: string
  /** A directory in which it is kept which records were given up; it need not exist. */
  readonly given_up: string
  readonly machine?: Machine
}

/** Asks nobody yet. Throws `USAGE` where the client's package is missing. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const { address, machine = thisMachine } = options
  const kafka = await loadKafka()
  return new KafkaLog(options, machine, {
    topic: new TopicReader(kafka, address, machine.after),
    sizes: new TopicSizes(kafka, address, machine.after),
  })
}

/** Where the notes on a lane's lost records are kept, below `given_up`. */
export function givenUpDirectory(given_up: string, topic_id: string, lane: string): string {
  return join(given_up, topic_id, lane)
}

/** Whom it asks. */
interface Asked {
  readonly topic: TopicReader
  readonly sizes: TopicSizes
}

interface Failed {
  readonly lane: string
  readonly thrown: unknown
}

interface LaneRequest {
  readonly state: PartitionState
  readonly lane: string
  readonly position: number
  readonly given_up: readonly Range[]
}

interface Planned {
  /** The lane that has waited longest. */
  readonly first: string | undefined
  readonly wanted: readonly RecordRange[]
  readonly failed: Failed | null
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions
  readonly #machine: Machine
  readonly #reader: TopicReader
  readonly #sizes: TopicSizes
  readonly #spool: Spool
  /** Lane to the number of the read that last gave some of it, or told why it cannot. */
  readonly #served = new Map<string, number>()
  #reads = 0
  #known: readonly LaneStatus[] | null = null

  constructor(options: KafkaLogOptions, machine: Machine, { topic, sizes }: Asked) {
    this.#options = options
    this.#machine = machine
    this.#reader = topic
    this.#sizes = sizes
    this.#spool = new Spool(options.spool, machine.files)
  }

  /** As they were last, while Kafka does not answer: what is read then says so. */
  async lanes(): Promise<readonly LaneStatus[]> {
    try {
      this.#known = await this.#askLanes()
    } catch (thrown) {
      const isAway = thrown instanceof ClickpathError && thrown.code === 'KAFKA_AWAY'
      if (!isAway || !this.#known) throw thrown
    }
    return this.#known
  }

  async #askLanes(): Promise<readonly LaneStatus[]> {
    const topic = await this.#reader.state()
    if (!topic) return []
    const { id } = topic
    const bytes = await this.#sizes.read(topic.partitions.length)
    return Promise.all(
      topic.partitions.map(async ({ partition, first, durable }) => {
        const given_up = await this.#givenUp(id, String(partition))
        return {
          lane: String(partition),
          first_position: first,
          durable_position: durable,
          bytes: bytes.get(partition) ?? 0,
          segments: 1,
          lost: given_up.reduce((sum, { from, to }) => sum + to - from, 0),
          writersBefore: (position) => (position > 0 ? id : undefined),
        }
      }),
    )
  }

  async read(offsets: Offsets, { records_max, bytes_max }: ReadLimits): Promise<readonly Slice[]> {
    await this.#spool.empty()
    const topic = await this.#reader.state()
    if (!topic) return []
    const planned = await this.#planned(topic, offsets, records_max)
    const share = Math.floor(bytes_max / Math.max(1, planned.wanted.length))
    const copies: PartitionCopy[] = []
    const given: Slice[] = []
    for (const range of planned.wanted) {
      if (range.count === 0) given.push(await this.#emptySlice(range))
      else copies.push(await this.#copyOf(range, share))
    }
    given.push(...(await this.#fetch(topic, copies)))
    const refused = copies.find(({ failure }) => failure !== null)
    const failed = refused ? { lane: refused.request.lane, thrown: refused.failure } : null
    this.#tellOrGoOn(planned.first, given, planned.failed ?? failed)
    return given
  }

  /** Whoever fetches them finds out what of it is gone, or was not written by us. */
  async ranges(offsets: Offsets, records_max: number): Promise<readonly RecordRange[]> {
    const topic = await this.#reader.state()
    if (!topic) return []
    const { first, wanted, failed } = await this.#planned(topic, offsets, records_max)
    this.#tellOrGoOn(first, wanted, failed)
    return wanted
  }

  /** What to give now of each lane that is behind; a lane that cannot go on gives nothing. */
  async #planned(topic: TopicState, offsets: Offsets, records_max: number): Promise<Planned> {
    this.#reads += 1
    const requests = await this.#behind(topic, offsets)
    const demands = requests.map(({ state, position }) => state.durable - position)
    const shares = fairShares(demands, records_max)
    const wanted: RecordRange[] = []
    let failed: Failed | null = null
    let left = records_max
    for (const [index, request] of requests.entries()) {
      // The first is given one record at least, however small the limits are.
      const most = Math.max(Math.min(shares[index] ?? 0, left), index === 0 ? 1 : 0)
      if (most === 0) continue
      left -= most
      try {
        wanted.push(this.#rangeOf(topic, request, most))
      } catch (thrown) {
        failed ??= { lane: request.lane, thrown }
        if (index === 0) break
      }
    }
    return { first: requests[0]?.lane, wanted, failed }
  }

  /**
   * What cannot be read is told where its lane has waited longest, or nothing else is given: at
   * every other read, and between them the other lanes go on.
   */
  #tellOrGoOn(
    first: string | undefined,
    given: readonly RecordRange[],
    failed: Failed | null,
  ): void {
    if (failed && (failed.lane === first || given.length === 0)) {
      this.#served.set(failed.lane, this.#reads)
      throw failed.thrown
    }
    for (const { lane } of given) this.#served.set(lane, this.#reads)
  }

  async close(): Promise<void> {
    await this.#reader.close()
    await this.#sizes.close()
    await this.#spool.remove()
  }

  /** Who waited longest comes first. */
  async #behind(topic: TopicState, offsets: Offsets): Promise<readonly LaneRequest[]> {
    const requests = topic.partitions.map(async (state) => {
      const lane = String(state.partition)
      const given_up = await this.#givenUp(topic.id, lane)
      return { state, lane, position: offsets.get(lane) ?? 0, given_up }
    })
    const served = ({ lane }: LaneRequest) => this.#served.get(lane) ?? 0
    return (await Promise.all(requests))
      .filter(({ state, position }) => position < state.durable)
      .sort((one, other) => served(one) - served(other))
  }

  /** An empty one where all that is left was given up. Throws `LOG_GONE`. */
  #rangeOf(
    { id }: TopicState,
    { state, lane, position: asked, given_up }: LaneRequest,
    records_max: number,
  ): RecordRange {
    let position = asked
    for (let lost = givenUpAt(given_up, position); lost; lost = givenUpAt(given_up, position)) {
      position = lost.to
    }
    if (position < state.first) {
      throw gone(this.#options.address.topic, lane, position, state.first)
    }
    const first_position = Math.min(position, state.durable)
    const next_lost = given_up.find(({ from }) => from > position)?.from ?? state.durable
    const until = Math.min(state.durable, position + records_max, next_lost)
    return { lane, first_position, count: until - first_position, writers: id }
  }

  async #emptySlice({ lane, first_position, writers }: RecordRange): Promise<Slice> {
    const file = await this.#spool.open(lane, first_position)
    await file.close()
    const where = { lane, first_position, file: file.path, row_first: 0 }
    return { ...where, count: 0, bytes: 0, format: 'ndjson', writers }
  }

  async #copyOf(
    { lane, first_position: position, count }: RecordRange,
    bytes_max: number,
  ): Promise<PartitionCopy> {
    const file = await this.#spool.open(lane, position)
    const { topic } = this.#options.address
    const until = position + count
    const partition = Number(lane)
    return new PartitionCopy({ topic, lane, partition, position, until, bytes_max, file })
  }

  async #fetch({ id }: TopicState, copies: readonly PartitionCopy[]): Promise<readonly Slice[]> {
    try {
      await this.#reader.fetch(copies)
    } finally {
      for (const { request } of copies) await request.file.close()
    }
    return copies.map((copy) => copy.slice(id)).filter(({ count }) => count > 0)
  }

  async #givenUp(id: string, lane: string): Promise<readonly Range[]> {
    const directory = givenUpDirectory(this.#options.given_up, id, lane)
    return (await listLaneFiles(this.#machine.files, directory)).given_up
  }
}

function gone(topic: string, lane: string, position: number, first: number): ClickpathError {
  const deleted = `Kafka has deleted the records up to ${first - 1}, by its retention or by hand`
  const reason = `${deleted}, before they were in the tables`
  return new ClickpathError('LOG_GONE', lane, topic, position, reason, first)
}
