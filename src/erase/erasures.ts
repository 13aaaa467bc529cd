/**
 * Erasing people, from the request to the receipt. The request is a record of the log first, so
 * that it is finished whatever ends the process, and holds for what comes in later; then the log is
 * swept, the store deleted and filled again, and the receipt kept.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { withInstance } from '../engine/duckdb/archive_records.ts'
import type { DuckdbEngine } from '../engine/duckdb/engine.ts'
import type { Erasing } from '../engine/duckdb/erase.ts'
import { requireDuckdb } from '../engine/place.ts'
import type { LaneWriter } from '../log/contract.ts'
import { requireFiles } from '../log/open_log.ts'
import { ERASURES_LANE, Erased, type Erasure, erasureLine } from '../model/erasure.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import { causeOf, type Say, tell } from '../std/notices.ts'
import type { Settings } from '../std/settings.ts'
import { type ErasureBook, headOf } from './book.ts'
import { findPerson, type Holdings, holdingsOf, type Person } from './person.ts'
import type { Receipt, Removed } from './receipts.ts'
import { type SearchAnswer, searchFolder } from './search.ts'
import type { Sweeper, Swept } from './sweep.ts'

export interface ErasuresOptions {
  /** The data folder. */
  readonly directory: string
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly book: ErasureBook
  readonly sweeper: Sweeper
  readonly engine: Pick<DuckdbEngine, 'renew' | 'store'>
  /** Opens the lane `ERASURES_LANE` for appending. */
  readonly openLane: (lane: string) => Promise<LaneWriter>
  readonly settings: Pick<Settings, 'log' | 'engine'>
  readonly say: Say
}

/** What an erasure would remove. */
export interface Preview extends Person, Holdings {
  /** Records of the log, by kind, copies and refused ones included. */
  readonly records: Readonly<Record<string, number>>
  readonly segments: number
  readonly bytes: number
}

/** An erasure that has been told to the log. */
export interface Begun extends Person {
  readonly erasure: string
}

const IDS_MAX = 1_000
const ID_LENGTH_MAX = 512
/** Of a secret for this look alone. */
const PREVIEW_SECRET_BYTES = 32
const RETRY_MS = 30_000
const CHECK = 'clickpath erase --check USER'

function checkIds(ids: readonly string[]): void {
  const areTexts = ids.every((id) => id !== '' && id.isWellFormed() && !id.includes('\0'))
  if (ids.length === 0 || ids.length > IDS_MAX || !areTexts) {
    throw new ClickpathError('BAD_REQUEST', `Name 1 to ${IDS_MAX} users, each a text.`)
  }
  if (ids.some((id) => id.length > ID_LENGTH_MAX)) {
    throw new ClickpathError('BAD_REQUEST', `An id has at most ${ID_LENGTH_MAX} characters.`)
  }
}

export class Erasures {
  readonly #options: ErasuresOptions
  readonly #stopping = new AbortController()
  /** One at a time tells, and one finishes. */
  #telling: Promise<unknown> = Promise.resolve()
  #finishing: Promise<unknown> = Promise.resolve()

  constructor(options: ErasuresOptions) {
    this.#options = options
  }

  /** Changes nothing. Reads the whole log. Throws `FILES_ONLY`, `DUCKDB_ONLY`. */
  async preview(ids: readonly string[]): Promise<Preview> {
    this.#requireErasable()
    const { sweeper, engine, random } = this.#options
    const person = await this.#find(ids)
    const erased = new Erased()
    erased.use(random(PREVIEW_SECRET_BYTES))
    erased.add(this.#erasureOf(erased, person))
    const swept = await sweeper.sweep('count', erased)
    const holdings = await holdingsOf((sql) => engine.store.rows(sql), person.identifiers)
    return {
      ...person,
      ...holdings,
      records: swept.records,
      segments: swept.segments.length,
      bytes: bytesOf(swept),
    }
  }

  /**
   * Makes the request durable: from here on it will be done, after a kill too, and nothing of these
   * people is taken any more. `finish` does it. Throws `FILES_ONLY`,
   * `DUCKDB_ONLY`.
   */
  async begin(ids: readonly string[]): Promise<Begun> {
    this.#requireErasable()
    const begun = this.#telling.then(() => this.#begin(ids))
    this.#telling = begun.catch(() => undefined) // Whoever asked is told.
    return begun
  }

  /** A topic is never written to but at its end, and Spark's batches know of no erasure. */
  #requireErasable(): void {
    const { settings } = this.#options
    const alone =
      'Spark leaves nobody out of its batches: stop, set engine to duckdb, and erase then.'
    requireDuckdb(settings, 'Erasing people', alone)
    const instead = 'Kafka cannot overwrite records: let its retention delete them, all of an age.'
    requireFiles(settings, 'Erasing people', instead)
  }

  async #begin(ids: readonly string[]): Promise<Begun> {
    const { book, openLane } = this.#options
    const person = await this.#find(ids)
    await book.openSecret()
    const erasure = this.#erasureOf(book.erased, person)
    const lane = await openLane(ERASURES_LANE)
    try {
      await lane.append(erasureLine(erasure), 1)
    } finally {
      await lane.close()
    }
    await book.add(erasure)
    return { erasure: erasure.id, ...person }
  }

  /** Does all that was begun and is not done; one after another. */
  finish(): Promise<void> {
    const done = this.#finishing.then(() => this.#finish())
    this.#finishing = done.catch(() => undefined) // Whoever asked is told.
    return done
  }

  /** The same in the background, again and again until it is done. */
  async finishSoon(): Promise<void> {
    const { book, say } = this.#options
    const { signal } = this.#stopping
    while (book.pending().length > 0 && !signal.aborted) {
      try {
        await this.finish()
      } catch (thrown) {
        tell(say, 'ERASURE_UNFINISHED', causeOf(thrown))
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined) // Aborted: it ends.
      }
    }
  }

  /** What is under way is finished; what could not be done is left to the next start. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#telling
    await this.#finishing
  }

  receipts(): readonly Receipt[] {
    return this.#options.book.receipts()
  }

  /** Looks for these very ids, everywhere in the data folder. */
  async search(ids: readonly string[]): Promise<SearchAnswer> {
    checkIds(ids)
    const { directory, engine, sweeper } = this.#options
    const ask = (sql: string, params: readonly unknown[] = []) => engine.store.rows(sql, params)
    return withInstance(sweeper.scratch('searching'), (connection) =>
      searchFolder(directory, ids, connection, ask),
    )
  }

  async #find(ids: readonly string[]): Promise<Person> {
    checkIds(ids)
    const { engine } = this.#options
    const people: Person[] = []
    for (const id of ids) people.push(await findPerson((sql) => engine.store.rows(sql), id))
    const identifiers = [...new Set(people.flatMap((person) => person.identifiers))]
    const shared = new Set(people.flatMap((person) => person.shared))
    return { identifiers, shared: [...shared].filter((id) => !identifiers.includes(id)) }
  }

  #erasureOf(erased: Erased, { identifiers }: Person): Erasure {
    const { clock, random } = this.#options
    const until = new Date(clock.now_ms()).toISOString()
    const id = `${until.replace(/[-:]|\.\d+/g, '')}-${random(4).toString('hex')}`
    return { id, until, hashes: identifiers.map((each) => erased.hashOf(each)).sort() }
  }

  async #finish(): Promise<void> {
    const { book, engine, sweeper, say } = this.#options
    const pending = book.pending()
    if (pending.length === 0) return
    let removed: Removed | undefined
    await engine.renew(
      async () => {
        const swept = await sweeper.sweep('erase', book.erased)
        removed = removedBy(swept, await sweeper.removeLeftovers('later'))
      },
      async () => {
        if (removed) for (const erasure of pending) await this.#keep(erasure, removed)
      },
    )
    const records = Object.values(removed?.records ?? {}).reduce((sum, many) => sum + many, 0)
    for (const { id } of pending) {
      tell(say, 'ERASURE_DONE', id, records, removed?.log_segments ?? 0)
    }
  }

  #keep(erasure: Erasure, removed: Removed): Promise<void> {
    const { book, clock } = this.#options
    const completed_at = new Date(clock.now_ms()).toISOString()
    return book.keep({ ...headOf(erasure), completed_at, removed, check: CHECK })
  }
}

/** What the engine needs of erasures. */
export function sweeping(book: ErasureBook, sweeper: Sweeper, say: Say): Erasing {
  return {
    erased: book.erased,
    sweep: async (places) => {
      try {
        await sweeper.sweep('erase', book.erased, places)
        return 'done'
      } catch (thrown) {
        tell(say, 'ERASURE_UNFINISHED', causeOf(thrown))
        return 'failed'
      }
    },
  }
}

const bytesOf = ({ segments }: Swept) => segments.reduce((sum, { bytes }) => sum + bytes, 0)

function removedBy(swept: Swept, leftovers: number): Removed {
  const { segments, records, unreadable } = swept
  const inLog = segments.filter(({ kept_in }) => kept_in === 'log')
  return {
    records,
    log_segments: inLog.length,
    archive_files: segments.length - inLog.length,
    bytes: bytesOf(swept),
    lanes: [...new Set(segments.map(({ lane }) => lane))],
    store: 'built anew',
    leftovers,
    unreadable,
  }
}
