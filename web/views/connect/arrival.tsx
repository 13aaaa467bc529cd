/** Waits for the first event, and says at once when it came, or why it was not taken. */
import { useAnswer } from '../../api/use_answer.ts'
import { formatCount } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Link } from '../../parts/link.tsx'

const EVERY_MS = 1_000

export function Arrival() {
  const { answer } = useAnswer('/api/ledger', { limit: 1 }, { every_ms: EVERY_MS })
  const { stored = 0, pending = 0, invalid = 0, filtered = 0 } = answer?.totals ?? {}
  return (
    <div className="arrival" data-state={stateOf(stored, pending, invalid)} role="status">
      <span className="arrival-mark">
        <Icon name={stored > 0 ? 'check' : 'now'} size={22} />
      </span>
      {stored > 0 ? (
        <p>
          <strong>Events arrive.</strong> {formatCount(stored)} stored so far.{' '}
          <Link to="now">See what happens now</Link>
        </p>
      ) : invalid > 0 ? (
        <p>
          <strong>Something came and could not be understood.</strong> It is kept:{' '}
          <Link to="trust">see why, and how to mend it</Link>
        </p>
      ) : (
        <p>
          <strong>
            {pending > 0 ? 'Something is coming in.' : 'Waiting for the first event.'}
          </strong>{' '}
          {filtered > 0
            ? `${formatCount(filtered)} came from bots and were set aside.`
            : 'This lights up by itself when it is there.'}
        </p>
      )}
    </div>
  )
}

function stateOf(stored: number, pending: number, invalid: number): string {
  if (stored > 0) return 'arrived'
  if (invalid > 0) return 'invalid'
  return pending > 0 ? 'coming' : 'waiting'
}
