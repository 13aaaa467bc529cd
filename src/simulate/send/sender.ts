/**
 * Sends events to a collector over several lanes. Events of one key always take the same lane, so
 * they arrive in their order; rows beside events have a lane for each stream. At most
 * `queueEventsMax` events are kept in memory: then whoever has the next one waits; nothing is
 * dropped.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickpathError } from '../../std/errors.ts'
import { hash32, Random } from '../random.ts'
import type { AnyDelivery, RowStream } from '../traffic.ts'
import { Lane, type LaneContext } from './lane.ts'
import { openPoster, type Poster } from './post.ts'
import { emptyTally, type Tally } from './tally.ts'

export interface SenderOptions {
  /** Where the collector is: http://127.0.0.1:4000. */
  readonly url: string
  readonly key?: string | undefined
  readonly connections?: number
  readonly batchEventsMax?: number
  readonly batchBytesMax?: number
  readonly queueEventsMax?: number
  readonly timeout_ms?: number
  /** Spreads the retries; nothing else is left to chance here. */
  readonly seed: string | number
  onTrouble?(reason: string | undefined): void
}

export class Sender {
  readonly tally: Tally = emptyTally()
  readonly #lanes: readonly Lane[]
  readonly #rowLanes: Readonly<Record<RowStream, Lane>>
  readonly #posters: Poster[] = []
  readonly #queueEventsMax: number
  readonly #giveUp = new AbortController()
  #waiting = 0
  #failure: ClickpathError | undefined
  #onRoom: (() => void) | undefined

  constructor(options: SenderOptions) {
    const { connections = 4, timeout_ms = 10_000, queueEventsMax = 20_000 } = options
    this.#queueEventsMax = queueEventsMax
    const open = (stream: string, most: number): Pick<LaneContext, 'url' | 'poster'> => {
      const url = streamUrl(options.url, stream)
      const poster = openPoster({ url, key: options.key, connections: most, timeout_ms })
      this.#posters.push(poster)
      return { url, poster }
    }
    const shared = {
      tally: this.tally,
      random: new Random(`${options.seed}/retries`),
      batchEventsMax: options.batchEventsMax ?? 500,
      batchBytesMax: options.batchBytesMax ?? 1_000_000,
      signal: this.#giveUp.signal,
      onRoom: (events: number) => this.#makeRoom(events),
      onTrouble: (reason?: string) => options.onTrouble?.(reason),
      onFailure: (error: ClickpathError) => {
        this.#failure ??= error
        this.#giveUp.abort()
        this.#makeRoom(0)
      },
    }
    const context = { ...shared, ...open('events', connections) }
    this.#lanes = Array.from({ length: connections }, () => new Lane(context))
    const laneOf = (stream: RowStream) => new Lane({ ...shared, ...open(stream, 1) })
    const [customers, products, logs] = [laneOf('customers'), laneOf('products'), laneOf('logs')]
    this.#rowLanes = { customers, products, logs }
  }

  /** Events handed over and not yet taken by the collector. */
  get waiting(): number {
    return this.#waiting
  }

  /** Puts an event or a row into its lane; `flush` sends it. Ask `hasRoom` first. */
  put(delivery: AnyDelivery): void {
    this.#waiting++
    if ('row' in delivery) {
      this.#rowLanes[delivery.stream].put(JSON.stringify(delivery.row))
    } else {
      const { key, event } = delivery
      this.#lanes[hash32(key, 0) % this.#lanes.length]?.put(JSON.stringify(event))
    }
  }

  /** Sends what was put. Throws what makes further sending pointless (a wrong key). */
  flush(): void {
    if (this.#failure) throw this.#failure
    for (const lane of [...this.#lanes, ...Object.values(this.#rowLanes)]) lane.wake()
  }

  get hasRoom(): boolean {
    return this.#waiting < this.#queueEventsMax
  }

  /** Resolves when there is room, or on abort. */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.hasRoom && !signal.aborted && !this.#failure) await this.#change(signal)
  }

  /** Waits until all is taken, but not longer than so many ms; then gives up and closes. */
  async close(within_ms: number): Promise<void> {
    const end = AbortSignal.timeout(within_ms)
    try {
      this.flush()
      while (this.#waiting > 0 && !end.aborted && !this.#failure) await this.#change(end)
    } finally {
      this.#giveUp.abort()
      // Requests that are aborted now still have to say so.
      await sleep(0)
      for (const poster of this.#posters) poster.close()
      this.tally.unsent = this.#waiting
    }
    if (this.#failure) throw this.#failure
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        this.#onRoom = undefined
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
      this.#onRoom = done
    })
  }

  #makeRoom(events: number): void {
    this.#waiting -= events
    this.#onRoom?.()
  }
}

function streamUrl(base: string, stream: string): string {
  const url = URL.canParse(base) ? new URL(base) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ClickpathError(
      'USAGE',
      `--url ${base} is no address; write it as http://127.0.0.1:4000.`,
    )
  }
  return new URL(`/v1/${stream}`, url).href
}
