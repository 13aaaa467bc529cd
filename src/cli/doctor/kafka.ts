/**
 * A log in Kafka, read whole: whether it answers, what its retention took, and what in it nobody of
 * us wrote. Records that are gone are given up here, and only when somebody asks for it.
 */
import { join } from 'node:path'
import type { Log, Offsets } from '../../log/contract.ts'
import { createDirectory } from '../../log/files/directory.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { giveUp } from '../../log/files/given_up.ts'
import type { KafkaAddress } from '../../log/kafka/address.ts'
import { givenUpDirectory } from '../../log/kafka/reader.ts'
import { givenUpIn, openLog } from '../../log/open_log.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { countText } from '../numbers.ts'
import { type Finding, note, ok, type Patient, problem } from './finding.ts'

const LIMITS = { records_max: 100_000, bytes_max: 64_000_000 }
const SKIP = 'clickpath doctor --skip-damaged'

/** Records [from, to) of a lane that are not there. */
interface Gone {
  readonly lane: string
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** With `skip`, what is gone is given up as it is found. */
export async function checkTopic(
  { directory, settings, context }: Patient,
  { topic, brokers }: KafkaAddress,
  damaged: 'tell' | 'skip',
): Promise<readonly Finding[]> {
  const log = await openLog(
    { directory, settings },
    join(directory, 'run', `doctor-${process.pid}`),
  )
  try {
    const lanes = await log.lanes()
    const [first] = lanes
    if (!first) return [ok('log', `the topic ${topic} is not made yet; the collector does that`)]
    const given_up = lanes.filter(({ lost }) => lost > 0)
    const { records, gone } = await readThrough(log)
    const id = first.writersBefore(1) ?? ''
    const at = new Date(context.clock.now_ms()).toISOString()
    for (const one of damaged === 'skip' ? gone : []) {
      const lane_directory = givenUpDirectory(givenUpIn(directory), id, one.lane)
      await createDirectory(realFiles, lane_directory)
      await giveUp(realFiles, lane_directory, { ...one, segment: topic, at })
    }
    const where = `${countText(records)} records in ${lanes.length} partitions of ${topic}`
    return [
      ok('log', `${where} (${brokers.join(', ')}) can be read`),
      ...gone.map((one) => (damaged === 'skip' ? skipped(one) : found(one))),
      ...given_up.map(({ lane, lost }) =>
        note('log', `Lane ${lane}: ${countText(lost)} records were given up earlier.`),
      ),
    ]
  } catch (thrown) {
    const cure = 'Look at the brokers, and at the address in the setting log.'
    return [problem('log', messageOf(thrown), cure)]
  } finally {
    await log.close()
  }
}

/** Everything from the first position on, whatever cannot be read passed over. */
async function readThrough(log: Log): Promise<{ records: number; gone: readonly Gone[] }> {
  const gone: Gone[] = []
  let records = 0
  for (let offsets: Offsets = new Map(); ; ) {
    const next = new Map(offsets)
    try {
      const slices = await log.read(offsets, LIMITS)
      if (slices.length === 0) return { records, gone }
      for (const { lane, first_position, count } of slices) {
        records += count
        next.set(lane, first_position + count)
      }
    } catch (thrown) {
      const one = goneIn(thrown)
      gone.push(one)
      next.set(one.lane, one.to)
    }
    offsets = next
  }
}

/** What the error tells in its details. */
function goneIn(thrown: unknown): Gone {
  if (!(thrown instanceof ClickpathError) || thrown.code !== 'LOG_GONE') throw thrown
  const [lane, , from, reason, to] = thrown.details
  return { lane: String(lane), from: Number(from), to: Number(to), reason: String(reason) }
}

const placeOf = ({ lane, from, to, reason }: Gone) =>
  `lane ${lane}, positions ${from} to ${to - 1} (${countText(to - from)} records): ${reason}`

function found(one: Gone): Finding {
  const said = `Gone: ${placeOf(one)}. Tables that lack them wait there; all else goes on.`
  return problem('log', said, `Restore the topic, or give these records up for good: ${SKIP}.`)
}

function skipped(one: Gone): Finding {
  const said = `GIVEN UP: ${placeOf(one)}. The ledger will count them as lost_to_damage.`
  return note('log', said, 'Who runs goes on by itself.')
}
