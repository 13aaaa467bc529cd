/**
 * The log lane by lane, or partition by partition where it is a topic of Kafka: what is durable,
 * how far the tables are, how much lies on the disk.
 */
import { formatBytes, formatSeveral } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import type { Status } from './concerns.tsx'
import { type Topic, topicOf } from './topic.ts'

type Lane = Status['lanes'][number]

/** What both have; how far it is behind. */
const BEHIND: readonly GridColumn<Lane>[] = [
  { name: 'offset', title: 'In the tables', kind: 'count', value: ({ offset }) => offset },
  { name: 'pending', title: 'Waiting', kind: 'count', value: ({ pending }) => pending },
  {
    ...({ name: 'waiting_s', title: 'For', kind: 'duration' } as const),
    about: 'how long the oldest of them has waited',
    value: ({ waiting_s }) => (waiting_s > 0 ? waiting_s : null),
  },
  { name: 'lost', title: 'Lost to damage', kind: 'count', value: ({ lost }) => lost },
]

const SIZE: GridColumn<Lane> = {
  ...({ name: 'bytes', title: 'Size', kind: 'count' } as const),
  value: ({ bytes }) => bytes,
  show: ({ bytes }) => formatBytes(bytes),
}

const OF_FILES: readonly GridColumn<Lane>[] = [
  { name: 'lane', title: 'Lane', value: ({ lane }) => lane },
  {
    ...({ name: 'durable_position', title: 'Durable', kind: 'count' } as const),
    about: 'records that survive a power cut',
    value: ({ durable_position }) => durable_position,
  },
  ...BEHIND,
  { name: 'segments', title: 'Segments', kind: 'count', value: ({ segments }) => segments },
  SIZE,
]

const OF_TOPIC: readonly GridColumn<Lane>[] = [
  { name: 'lane', title: 'Partition', kind: 'count', value: ({ lane }) => Number(lane) },
  {
    ...({ name: 'messages', title: 'Messages', kind: 'count' } as const),
    about: 'that Kafka keeps; it may have deleted older ones',
    value: ({ first_position, durable_position }) => durable_position - first_position,
  },
  {
    ...({ name: 'durable_position', title: 'End', kind: 'count' } as const),
    about: 'the offset that the next committed message gets',
    value: ({ durable_position }) => durable_position,
  },
  ...BEHIND,
  SIZE,
]

export function Lanes({ status: { lanes, sizes, uses } }: { readonly status: Status }) {
  const topic = topicOf(uses.log)
  return (
    <Panel about={topic ? aboutTopic(topic, lanes) : aboutFiles(sizes)} title="Log">
      <Grid
        columns={topic ? OF_TOPIC : OF_FILES}
        empty="The log has no lanes yet: nothing was sent or imported."
        height={320}
        keyOf={({ lane }) => lane}
        name={topic ? `Partitions of the topic ${topic.name}` : 'Lanes of the log'}
        rows={lanes}
      />
    </Panel>
  )
}

function aboutTopic({ name, brokers }: Topic, lanes: readonly Lane[]): string {
  const messages = lanes.reduce(
    (sum, { first_position, durable_position }) => sum + durable_position - first_position,
    0,
  )
  const partitions = formatSeveral(lanes.length, 'partition')
  const size = `${formatSeveral(messages, 'message')} in ${partitions}`
  return `The topic ${name} of Kafka at ${brokers}: ${size}.`
}

function aboutFiles({ archive_files, archive_bytes }: Status['sizes']): string {
  const files = formatSeveral(archive_files, 'file')
  const archive =
    archive_files === 0
      ? 'Nothing was moved to the archive yet.'
      : `The archive holds ${files}, ${formatBytes(archive_bytes)}.`
  return `One lane for each writer: the collector of this machine, every import. ${archive}`
}
