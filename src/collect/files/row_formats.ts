/**
 * Formats whose rows are objects or lines of somebody else: how a row is opened, and what it says.
 * What it says is read by the code that reads the same program's requests.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Format, MixedFormat } from '../formats/format.ts'
import { identityOf } from '../formats/identity.ts'
import { native } from '../formats/native.ts'
import { readCall } from '../formats/segment_call.ts'
import { customerOf } from '../formats/snowplow_people.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { openExportLine, readExportRow } from './ga4_export.ts'
import { eventOfPayload, payloadOfLine } from './snowplow_enriched.ts'

export type RowFormatName = 'segment' | 'ga4' | 'snowplow'

export interface RowFormat {
  readonly format: Format
  /** The value that a line holds; throws where it is no JSON. */
  open(line: string): unknown
  /** Where an id is put that the row lacks. */
  readonly id: string
}

type Fields = Readonly<Record<string, unknown>>

const TIMELESS = invalid('missing_field', 'the time is missing')

/** Rows in a file that say several things. An archive without times would all count as now. */
function rowsOf(name: RowFormatName, entries: MixedFormat['entries']): MixedFormat {
  return {
    name,
    about: `${name} in files`,
    kind: 'mixed',
    paths: [],
    split: native.split,
    answer: () => ({}),
    entries(value) {
      const told = entries(value)
      if (told instanceof Dropped) return told
      const isTimeless = told.some(
        (entry) => entry.kind === 'event' && entry.event.client_time === undefined,
      )
      return isTimeless ? TIMELESS : told
    },
  }
}

/** Tricky: `timestamp` in an archive is corrected already; the others stand in for it. */
function readArchived(value: object) {
  const { timestamp, originalTimestamp, receivedAt, sentAt } = value as Fields
  const time = timestamp ?? originalTimestamp ?? receivedAt ?? sentAt
  return readCall(time === undefined ? value : { ...value, timestamp: time })
}

const eventAlone = (event: CanonicalEvent | Dropped) =>
  event instanceof Dropped ? event : ([{ kind: 'event', event }, ...identityOf(event)] as const)

export const ROW_FORMATS: Readonly<Record<RowFormatName, RowFormat>> = Object.freeze({
  segment: {
    format: rowsOf('segment', readArchived),
    open: (line) => JSON.parse(line),
    id: 'messageId',
  },
  ga4: {
    format: rowsOf('ga4', (value) => eventAlone(readExportRow(value as Fields))),
    open: openExportLine,
    id: 'event_id',
  },
  snowplow: {
    format: rowsOf('snowplow', (value) => {
      const payload = value as Fields
      const event = eventOfPayload(payload)
      if (event instanceof Dropped) return event
      const customer = customerOf(payload, event.client_time)
      return [{ kind: 'event', event }, ...identityOf(event), ...customer]
    }),
    open: payloadOfLine,
    id: 'eid',
  },
})
