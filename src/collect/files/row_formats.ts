/**
 * Formats whose rows are objects or lines of somebody else: how a row is opened, and what it says.
 * What it says is read by the code that reads the same program's requests.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Format, MixedFormat } from '../formats/format.ts'
import { identityOf } from '../formats/identity.ts'
import { native } from '../formats/native.ts'
import { customerOf } from '../formats/snowplow_people.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { openExportLine, readExportRow } from './ga4_export.ts'
import { ARCHIVE_TIMES, readArchived } from './segment_archive.ts'
import { ENRICHED_TIMES, eventOfPayload, payloadOfLine } from './snowplow_enriched.ts'

export type RowFormatName = 'segment' | 'ga4' | 'snowplow'

export interface RowFormat {
  readonly format: Format
  /** The value that a line holds; throws where it is no JSON. */
  open(line: string): unknown
  /** Where an id is put that the row lacks. */
  readonly id: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Rows in a file that say several things. `times`: the fields that may say when; history that has
 * none of them would count as now, over all that is known since.
 */
function rowsOf(
  name: RowFormatName,
  times: readonly string[],
  entries: MixedFormat['entries'],
): MixedFormat {
  const due = times.length === 1 ? `${times} is missing` : `none of ${times.join(', ')} is there`
  const timeless = invalid('missing_field', `${due}: without a time, history would count as now`)
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
      const isTimeless = told.some((entry) => {
        const { client_time } = entry.kind === 'event' ? entry.event : entry
        return client_time === undefined
      })
      return isTimeless ? timeless : told
    },
  }
}

const eventAlone = (event: CanonicalEvent | Dropped) =>
  event instanceof Dropped ? event : ([{ kind: 'event', event }, ...identityOf(event)] as const)

export const ROW_FORMATS: Readonly<Record<RowFormatName, RowFormat>> = Object.freeze({
  segment: {
    format: rowsOf('segment', ARCHIVE_TIMES, readArchived),
    open: (line) => JSON.parse(line),
    id: 'messageId',
  },
  ga4: {
    format: rowsOf('ga4', ['event_timestamp'], (value) =>
      eventAlone(readExportRow(value as Fields)),
    ),
    open: openExportLine,
    id: 'event_id',
  },
  snowplow: {
    format: rowsOf('snowplow', ENRICHED_TIMES, (value) => {
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
