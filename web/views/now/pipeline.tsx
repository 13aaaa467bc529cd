/** Whether the figures above can be believed: the way of an event, and what needs an eye. */
import type { Answer } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Badge } from '../../parts/controls.tsx'
import { formatBytes, formatCount, formatDuration, NOTHING } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { Answered } from '../../parts/states.tsx'
import './pipeline.css'

const EVERY_MS = 4_000

type Status = Answer<'/api/status'>

export function Pipeline() {
  const asking = useAnswer('/api/status', {}, { every_ms: EVERY_MS })
  return (
    <Panel
      actions={
        <Link className="note" to="trust">
          All of it
        </Link>
      }
      span={1}
      title="Pipeline"
    >
      <Answered asking={asking} height={266}>
        {(status) => <Stations status={status} />}
      </Answered>
    </Panel>
  )
}

function Stations({ status }: { readonly status: Status }) {
  const { engine, ledger, sizes, concerns } = status
  const totals = ledger?.totals
  const waits_s = Math.max(0, ...status.lanes.map(({ waiting_s }) => waiting_s))
  return (
    <>
      <dl className="stations">
        <Station
          about="acknowledged and on disk"
          name="Received"
          value={formatCount(totals?.received)}
        />
        <Station
          about={
            waits_s < 1
              ? 'for a moment at most'
              : `the oldest for ${formatDuration(Math.round(waits_s))}`
          }
          name="Waiting"
          value={formatCount(engine.pending)}
        />
        <Station
          about={`last batch ${formatDuration(engine.batch_ms / 1_000)}`}
          name="Visible after"
          value={engine.batch === 0 ? NOTHING : formatDuration(engine.visible_after_ms / 1_000)}
        />
        <Station
          about="kept, with the reason"
          name="Invalid"
          value={formatCount(totals?.invalid)}
        />
        <Station
          about={`log ${formatBytes(sizes.log_bytes)}`}
          name="Database"
          value={formatBytes(sizes.database_bytes + sizes.wal_bytes)}
        />
      </dl>
      <p className="pipeline-state">
        {ledger && (
          <Badge kind={ledger.balanced ? 'good' : 'bad'}>
            {ledger.balanced ? '✓ ledger balances' : '✗ ledger does not balance'}
          </Badge>
        )}
        <Badge
          kind={engine.state === 'running' ? 'good' : 'warn'}
        >{`engine ${engine.state}`}</Badge>
        {concerns.length > 0 && (
          <Badge kind="warn">
            {concerns.length === 1 ? '1 thing needs' : `${concerns.length} things need`} an eye
          </Badge>
        )}
      </p>
    </>
  )
}

interface StationProps {
  readonly name: string
  readonly value: string
  readonly about: string
}

function Station({ name, value, about }: StationProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
      <dd className="note">{about}</dd>
    </div>
  )
}
