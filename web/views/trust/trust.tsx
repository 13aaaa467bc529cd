/**
 * Whether the figures can be believed: where every record went, what was refused, what is behind.
 */
import { useAnswer } from '../../api/use_answer.ts'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { Answered } from '../../parts/states.tsx'
import { Concerns } from './concerns.tsx'
import { Equation } from './equation.tsx'
import { Hours } from './hours.tsx'
import { Invalid } from './invalid.tsx'
import { Lanes } from './lanes.tsx'
import { Machine } from './machine.tsx'
import { Refused } from './refused.tsx'
import { TrustFigures } from './trust_figures.tsx'

const EVERY_MS = 2_000
const LEDGER_EVERY_MS = 4_000

export default function Trust() {
  const status = useAnswer('/api/status', {}, { every_ms: EVERY_MS })
  const ledger = useAnswer('/api/ledger', {}, { every_ms: LEDGER_EVERY_MS })
  return (
    <>
      <ViewHead
        about="Where did every event go, and can these figures be believed?"
        title="Trust"
      />
      <Answered asking={status} height={190}>
        {(told) => (
          <>
            <Concerns status={told} />
            <TrustFigures status={told} />
          </>
        )}
      </Answered>
      <Panels>
        {/* Of the same answer as the figures above it: asked apart, they would not agree. */}
        <Answered asking={status} height={160}>
          {(told) => told.ledger && <Equation ledger={told.ledger} />}
        </Answered>
        <Answered asking={ledger} height={420}>
          {(told) => <Hours ledger={told} />}
        </Answered>
        <Invalid />
        <Answered asking={status} height={300}>
          {(told) => (
            <>
              <Lanes status={told} />
              <Machine status={told} />
              <Refused status={told} />
            </>
          )}
        </Answered>
      </Panels>
    </>
  )
}
