/**
 * A round of kills on one data folder: load, a strike, everything compared, and again. The folder
 * is given up after the round, so that a comparison stays quick.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../src/std/errors.ts'
import { seededRandom } from '../../oracle/random.ts'
import { check, type Findings, isSound, sayFindings } from '../checks.ts'
import { Client } from '../client.ts'
import { KINDS, type Kind, startShop, strike } from './strikes.ts'

const LOAD_MS_MAX = 500
/** A round ends after so many events, too: what is compared each time stays small. */
const EVENTS_MAX = 4_500
const STDERR_SHOWN = 3_000

export interface Round {
  /** Kills by their kind, and strikes that hit nobody. */
  readonly kills: ReadonlyMap<Kind, number>
  readonly missed: ReadonlyMap<Kind, number>
  /** From the strike until everything was compared. */
  readonly cycles_ms: readonly number[]
  readonly events: number
  readonly sent_again: number
  /** Of the last comparison: the round ends with the first that finds a fault. */
  readonly findings: Findings
}

const count = (counts: Map<Kind, number>, kind: Kind) =>
  counts.set(kind, (counts.get(kind) ?? 0) + 1)

export interface RoundOptions {
  readonly seed: number
  /** At most so many kills. */
  readonly kills: number
  readonly kinds?: readonly Kind[]
  /** When everything is compared; `after each kill` nothing is sent meanwhile. */
  readonly compare: 'after each kill' | 'at the end'
}

/** Throws where the product cannot even be asked. */
export async function round(options: RoundOptions): Promise<Round> {
  const { seed, kinds = KINDS, compare } = options
  const random = seededRandom(seed)
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-torture-'))
  let up = await startShop(directory)
  const client = new Client(up.url, seededRandom(seed + 1))
  const [kills, missed] = [new Map<Kind, number>(), new Map<Kind, number>()]
  const cycles_ms: number[] = []
  try {
    client.begin()
    for (;;) {
      const began_ms = performance.now()
      await sleep(random.below(LOAD_MS_MAX))
      const struck = await strike({ up, client, random }, kinds)
      up = struck.up
      count(struck.result === 'killed' ? kills : missed, struck.kind)
      const done = [...kills.values()].reduce((sum, times) => sum + times, 0)
      if (compare === 'at the end' && done < options.kills) continue
      await client.rest()
      const findings = await check(up.url, client.told)
      cycles_ms.push(performance.now() - began_ms)
      const events = client.told.size
      if (done >= options.kills || events >= EVENTS_MAX || !isSound(findings)) {
        return { kills, missed, cycles_ms, events, sent_again: findings.duplicate, findings }
      }
      client.begin()
    }
  } catch (thrown) {
    client.abandon()
    up.signal('SIGTERM')
    const { stderr } = await up.ended()
    throw new Error(`${messageOf(thrown)}\n${stderr.slice(-STDERR_SHOWN)}`)
  } finally {
    client.abandon()
    up.signal('SIGTERM')
    await up.ended()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** What was wrong in a round; empty when nothing was. */
export const faultsOf = ({ findings }: Round): string => sayFindings(findings)
