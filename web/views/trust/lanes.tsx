/** The log lane by lane: what is durable, how far the tables are, how much lies on the disk. */
import { formatBytes, formatSeveral } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import type { Status } from './concerns.tsx'

type Lane = Status['lanes'][number]

const COLUMNS: readonly GridColumn<Lane>[] = [
  { name: 'lane', title: 'Lane', value: ({ lane }) => lane },
  {
    ...({ name: 'durable_position', title: 'Durable', kind: 'count' } as const),
    about: 'records that survive a power cut',
    value: ({ durable_position }) => durable_position,
  },
  { name: 'offset', title: 'In the tables', kind: 'count', value: ({ offset }) => offset },
  { name: 'pending', title: 'Waiting', kind: 'count', value: ({ pending }) => pending },
  {
    ...({ name: 'waiting_s', title: 'For', kind: 'duration' } as const),
    about: 'how long the oldest of them has waited',
    value: ({ waiting_s }) => (waiting_s > 0 ? waiting_s : null),
  },
  { name: 'lost', title: 'Lost to damage', kind: 'count', value: ({ lost }) => lost },
  { name: 'segments', title: 'Segments', kind: 'count', value: ({ segments }) => segments },
  {
    ...({ name: 'bytes', title: 'Size', kind: 'count' } as const),
    value: ({ bytes }) => bytes,
    show: ({ bytes }) => formatBytes(bytes),
  },
]

export function Lanes({ status: { lanes, sizes } }: { readonly status: Status }) {
  const { archive_files, archive_bytes } = sizes
  const files = formatSeveral(archive_files, 'file')
  const archive =
    archive_files === 0
      ? 'Nothing was moved to the archive yet.'
      : `The archive holds ${files}, ${formatBytes(archive_bytes)}.`
  return (
    <Panel
      about={`One lane for each writer: the collector of this machine, every import. ${archive}`}
      title="Log"
    >
      <Grid
        columns={COLUMNS}
        empty="The log has no lanes yet: nothing was sent or imported."
        height={320}
        keyOf={({ lane }) => lane}
        name="Lanes of the log"
        rows={lanes}
      />
    </Panel>
  )
}
