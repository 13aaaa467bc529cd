/**
 * Says by hand who a visitor is, or that nobody knows: a record of the log like any other, so it
 * survives a rebuild. It changes no event, and is itself undone by the next one. Events that tell
 * the link again later (the visitor logs in once more) link again.
 */
import type { Engine } from '../engine/contract.ts'
import type { LaneWriter } from '../log/contract.ts'
import { identity } from '../model/dimensions.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'

/** The lane and the source of links that were told by hand. */
export const LINKS_LANE = 'links'
const ID_LENGTH_MAX = identity.declaration.columns.visitor_id.bound ?? 256

export interface LinksOptions {
  /** Tricky: a rebuild gives it another store, so nobody keeps the one it has now. */
  readonly engine: Pick<Engine, 'store'>
  readonly clock: Clock
  /** Opens the lane `LINKS_LANE`, once, when the first link is told. */
  readonly openLane: () => Promise<LaneWriter>
}

export interface ToldLink {
  readonly visitor_id: string
  readonly outcome: 'linked' | 'unlinked' | 'unchanged'
  /** Whom the visitor was linked to before; null where to nobody. */
  readonly before: string | null
  readonly person_id: string | null
}

function checkId(name: string, id: string): void {
  const isText = id !== '' && id.isWellFormed() && !id.includes('\0')
  if (isText && [...id].length <= ID_LENGTH_MAX) return
  throw new ClickpathError('BAD_REQUEST', `${name} must be a text of 1 to ${ID_LENGTH_MAX}.`)
}

/** What is known of the visitor, and the first moment after it was told. */
const KNOWN = `SELECT person_id,
    strftime(updated_at + INTERVAL 1 MICROSECOND, '%Y-%m-%dT%H:%M:%S.%fZ') AS after
  FROM identity WHERE visitor_id = ?`

export class IdentityLinks {
  readonly #options: LinksOptions
  #lane: Promise<LaneWriter> | undefined

  constructor(options: LinksOptions) {
    this.#options = options
  }

  /**
   * Links the visitor to the person, or with null to nobody; durable when it resolves, and in the
   * tables when the engine has caught up. Throws `BAD_REQUEST`, `LANE_LOCKED` while another process
   * tells links, and what an append throws.
   */
  async tell(visitor_id: string, person_id: string | null): Promise<ToldLink> {
    checkId('visitor_id', visitor_id)
    if (person_id !== null) checkId('person_id', person_id)
    if (visitor_id === person_id) {
      throw new ClickpathError('BAD_REQUEST', `${visitor_id} cannot be linked to itself.`)
    }
    const [known] = await this.#options.engine.store.rows(KNOWN, [visitor_id])
    const before = typeof known?.person_id === 'string' ? known.person_id : null
    const told = { visitor_id, before, person_id }
    if (before === person_id) return { ...told, outcome: 'unchanged' }
    const received_at = new Date(this.#options.clock.now_ms()).toISOString()
    const now = `${received_at.slice(0, -1)}000Z`
    // Tricky: by a client's clock the link may lie ahead of us; what is told now must count more.
    const after = String(known?.after ?? '')
    const record = {
      ...{ record: 'identity', source: LINKS_LANE, received_at, key: visitor_id },
      updated_at: after > now ? after : now,
      row: { person_id },
    }
    const lane = await this.#open()
    await lane.append(Buffer.from(`${JSON.stringify(record)}\n`), 1)
    return { ...told, outcome: person_id === null ? 'unlinked' : 'linked' }
  }

  async close(): Promise<void> {
    const lane = await this.#lane?.catch(() => undefined)
    await lane?.close()
  }

  #open(): Promise<LaneWriter> {
    this.#lane ??= this.#options.openLane().catch((thrown: unknown) => {
      // The other process ends: then the next one may have the lane.
      this.#lane = undefined
      throw thrown
    })
    return this.#lane
  }
}
