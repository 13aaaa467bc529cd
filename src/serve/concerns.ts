/** What of a status needs somebody's eye, in sentences that say what to do. */
import type { LedgerSum } from './ledger.ts'
import type { EngineStatus, FolderStatus } from './status.ts'

/** Of the reserve: when the disk is told of, before events are refused. */
const SOON_FULL_SHARE = 2
const WAITING_S_MAX = 60
/** A restart is news for so long. */
const RESTART_AGE_MS = 3_600_000

export interface Told extends FolderStatus {
  /** Null where nobody who has the store open answers. */
  readonly engine: EngineStatus | null
  readonly ledger: LedgerSum | null
}

/** So often, and the last so lately: it does not come up by itself. */
const LOOP = { count: 3, age_ms: 60_000 }

export interface Concern {
  /** `note`: it mends itself, or has time. */
  readonly level: 'note' | 'problem'
  /** What is so, and what to do. */
  readonly said: string
}

const note = (said: string): Concern => ({ level: 'note', said })
const problem = (said: string): Concern => ({ level: 'problem', said })
const mb = (bytes: number) => `${Math.floor(bytes / 1_000_000)} MB`

export function concernsOf(told: Told, now_ms: number): readonly Concern[] {
  const concerns = [
    ...engineConcerns(told),
    ...ledgerConcerns(told),
    ...diskConcerns(told),
    ...laneConcerns(told),
    ...restartConcerns(told, now_ms),
  ]
  const order = { problem: 0, note: 1 }
  return concerns.sort((one, other) => order[one.level] - order[other.level])
}

function* engineConcerns({ engine }: Told): Generator<Concern> {
  if (!engine) return
  const { state, last_error } = engine
  if (state === 'opening' || state === 'rebuilding') {
    yield note(`The database is ${state}; answers are incomplete until it has caught up.`)
  }
  if (last_error !== null) {
    yield problem(`Batches fail: ${last_error}. If it goes on, run \`clickpath doctor\`.`)
  }
}

function* ledgerConcerns({ ledger }: Told): Generator<Concern> {
  if (!ledger) return
  const { balanced, totals } = ledger
  if (!balanced) {
    const cure = '`clickpath rebuild` counts anew from the log; tell us of it.'
    yield problem(`THE LEDGER DOES NOT BALANCE: some record has no outcome, or two. ${cure}`)
  }
  if (totals.lost_to_damage > 0) {
    const which = 'DIR/log/LANE/given-up-*.json says which.'
    yield note(`${totals.lost_to_damage} records were lost to damage and given up; ${which}`)
  }
}

function* diskConcerns({ sizes, disk_reserve_bytes: reserve }: Told): Generator<Concern> {
  const { disk_free_bytes: free, set_aside_bytes } = sizes
  const space = `${mb(free)} of the disk are free, the reserve is ${mb(reserve)}`
  if (free < reserve) {
    const cure = 'Free some space, or lower log_reserve_mb.'
    yield problem(`${space}: events are answered 503 and nothing is lost. ${cure}`)
  } else if (free < SOON_FULL_SHARE * reserve) {
    yield note(`${space}: free some space before events are refused.`)
  }
  if (set_aside_bytes > 0) {
    const cure = 'remove DIR/engine/clickpath.duckdb.broken.'
    yield note(`A database that was set aside takes ${mb(set_aside_bytes)}; ${cure}`)
  }
}

function* laneConcerns({ lanes }: Told): Generator<Concern> {
  for (const { lane, waiting_s, pending } of lanes) {
    if (waiting_s <= WAITING_S_MAX) continue
    const oldest = `the oldest for ${Math.round(waiting_s)} s`
    const cure = 'If it grows, look at batch times and the last failure.'
    yield problem(`${pending} records of lane ${lane} wait for the tables, ${oldest}. ${cure}`)
  }
}

function* restartConcerns({ restarts }: Told, now_ms: number): Generator<Concern> {
  for (const [role, { count, last_at, last_reason }] of Object.entries(restarts)) {
    const age_ms = now_ms - Date.parse(last_at ?? '')
    if (!(age_ms < RESTART_AGE_MS)) continue
    const times = count === 1 ? 'once' : `${count} times`
    const said = `${role} was started again ${times}; at ${last_at} it ${last_reason}.`
    const loops = count >= LOOP.count && age_ms < LOOP.age_ms
    yield loops ? problem(`${said} See its log lines, and \`clickpath doctor\`.`) : note(said)
  }
}
