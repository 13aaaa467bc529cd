/** How far behind the tables are, and how fast they follow. */
import { Figure, Figures } from '../../parts/figure.tsx'
import {
  formatClock,
  formatCount,
  formatDay,
  formatDuration,
  formatShare,
  NOTHING,
} from '../../parts/format.ts'
import type { Status } from './concerns.tsx'

const quantilesOf = ({ batch_p50_ms, batch_p99_ms }: Status['engine']): string =>
  `half within ${within(batch_p50_ms)}, ${formatShare(0.99)} within ${within(batch_p99_ms)}`

/** A moment's wait is not worth a number that changes all the time. */
function waitingOf(pending: number, waits_s: number): string {
  if (pending === 0) return 'all is in the tables'
  return waits_s < 1 ? 'for a moment' : `the oldest for ${formatDuration(Math.round(waits_s))}`
}

/** Longer than its last bound is not known more exactly. */
const within = (ms: number | null): string =>
  ms === null ? 'over a minute' : formatDuration(ms / 1_000)

export function TrustFigures({ status }: { readonly status: Status }) {
  const { engine, lanes, ledger } = status
  const waits_s = Math.max(0, ...lanes.map(({ waiting_s }) => waiting_s))
  const ran = engine.batch > 0
  return (
    <Figures>
      <Figure
        about={waitingOf(engine.pending, waits_s)}
        name="Waiting"
        value={formatCount(engine.pending)}
      />
      <Figure
        about="from sent to shown, last batch"
        name="Visible after"
        value={ran ? formatDuration(engine.visible_after_ms / 1_000) : NOTHING}
      />
      <Figure
        about={ran ? quantilesOf(engine) : 'none yet'}
        name="Last batch"
        value={ran ? formatDuration(engine.batch_ms / 1_000) : NOTHING}
      />
      <Figure
        about={
          engine.watermark
            ? `UTC, ${formatDay(engine.watermark)}; later is on time`
            : 'no events yet'
        }
        name="Watermark"
        value={formatClock(engine.watermark)}
      />
      <Figure
        about="counted all the same"
        name="Late events"
        value={formatCount(ledger?.totals.late)}
      />
    </Figures>
  )
}
