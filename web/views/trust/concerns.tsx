/** What needs an eye, in sentences that say what to do; in red what does not mend itself. */
import type { Answer } from '../../api/routes.ts'
import { formatTime } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import './concerns.css'

export type Status = Answer<'/api/status'>

export function Concerns({ status: { concerns, engine } }: { readonly status: Status }) {
  const failed = engine.last_failure
  if (concerns.length === 0 && !failed) return null
  return (
    <ul className="concerns">
      {concerns.map(({ level, said }) => (
        <li data-level={level} key={said}>
          <Icon name="alert" />
          {said}
        </li>
      ))}
      {failed && engine.last_error === null && (
        <li data-level="past">
          <Icon name="check" />A batch failed on {formatTime(failed.at)} UTC, and went through
          later: {failed.message}
        </li>
      )}
    </ul>
  )
}
