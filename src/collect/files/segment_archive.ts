/**
 * Calls as an archive of Segment or RudderStack keeps them: what a call says is read by the code
 * that reads requests; when it was is told here, as Segment's specification has it:
 *
 *   timestamp = receivedAt - (sentAt - originalTimestamp)
 *
 * Whoever wrote the archive has mostly worked out `timestamp` already; then it is taken as it is.
 */
import { readCall } from '../formats/segment_call.ts'
import { isSaid } from '../formats/sent_object.ts'
import { epochMs, isoTime } from '../times.ts'

type Call = Readonly<Record<string, unknown>>

/** The fields that place a call in time; a call that has none of them is refused. */
export const ARCHIVE_TIMES = ['timestamp', 'originalTimestamp', 'receivedAt', 'sentAt'] as const

/** How far the client's clock was behind, in ms; NaN where nobody can say. */
function skewMs({ receivedAt, sentAt }: Call): number {
  if (typeof receivedAt !== 'string' || typeof sentAt !== 'string') return Number.NaN
  return epochMs(receivedAt) - epochMs(sentAt)
}

function timeOf(call: Call): unknown {
  const name = ARCHIVE_TIMES.find((one) => isSaid(call[one]))
  const told = name && call[name]
  if (name !== 'originalTimestamp' || typeof told !== 'string') return told
  // A time that nobody can read goes on as it is, to be refused by its name.
  return isoTime(told, skewMs(call)) ?? told
}

/** All that an archived call says. */
export function readArchived(value: object) {
  const call = value as Call
  return readCall({ ...call, timestamp: timeOf(call) ?? null })
}
