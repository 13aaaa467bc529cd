/** How far the tables are behind the log, lane by lane; and waiting until they are not. */
import type { LaneStatus, Offsets } from '../log/contract.ts'
import type { LaneAges } from './lane_ages.ts'
import type { ServeContext } from './route.ts'

export interface LaneLag {
  readonly lane: string
  /** The first record still kept here: those before it are in the archive, or were deleted. */
  readonly first_position: number
  readonly durable_position: number
  /** The position before which all is in the tables. */
  readonly offset: number
  readonly pending: number
  /** How long the oldest pending record has waited; 0 where none does. */
  readonly waiting_s: number
  /** Records that were lost to damage and given up. */
  readonly lost: number
  readonly bytes: number
  readonly segments: number
}

/** `ages` knows since when records wait. */
export function lagsOf(
  lanes: readonly LaneStatus[],
  offsets: Offsets,
  ages: LaneAges,
): readonly LaneLag[] {
  ages.note(lanes, offsets)
  return lanes.map(({ lane, first_position, durable_position, lost, bytes, segments }) => {
    const offset = offsets.get(lane) ?? 0
    const pending = durable_position - offset
    const waiting_s = pending > 0 ? ages.waiting_s(lane) : 0
    const reached = { lane, first_position, durable_position, offset }
    return { ...reached, pending, waiting_s, lost, bytes, segments }
  })
}

export async function readLanes({ engine, log, ages }: ServeContext): Promise<readonly LaneLag[]> {
  const lanes = await log.lanes()
  return lagsOf(lanes, engine.progress().offsets, ages)
}

function covers(offsets: Offsets, lanes: readonly LaneLag[]): boolean {
  return lanes.every(({ lane, durable_position }) => (offsets.get(lane) ?? 0) >= durable_position)
}

/** Waits until all that is durable now is in the tables; 'late' when that took too long. */
export async function waitUntilVisible(
  context: ServeContext,
  wait_ms: number,
): Promise<'visible' | 'late'> {
  const { engine } = context
  const due = await readLanes(context)
  const isVisible = () => covers(engine.progress().offsets, due)
  if (isVisible()) return 'visible'
  return new Promise((resolve) => {
    const finish = (how: 'visible' | 'late') => {
      clearTimeout(bound)
      unsubscribe()
      resolve(how)
    }
    const bound = setTimeout(() => finish(isVisible() ? 'visible' : 'late'), wait_ms)
    const unsubscribe = engine.onCommit(() => {
      if (isVisible()) finish('visible')
    })
    // A batch may have committed between the first look and the listening.
    if (isVisible()) finish('visible')
  })
}
