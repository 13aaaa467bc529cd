/** What could not be understood, by reason: what is wrong, how to mend it, and what was sent. */
import type { Answer } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Badge } from '../../parts/controls.tsx'
import { formatCount, formatTime, formatWord } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import './invalid.css'

const EVERY_MS = 4_000

type Reason = Answer<'/api/invalid'>['reasons'][number]
type Sample = Reason['samples'][number]

export function Invalid() {
  const asking = useAnswer('/api/invalid', {}, { every_ms: EVERY_MS })
  return (
    <Panel
      about="What could not be understood is kept, with the reason and with what was sent."
      title="Invalid events"
    >
      <Answered asking={asking} height={120}>
        {({ reasons }) =>
          reasons.length === 0 ? (
            <Empty title="Nothing is invalid">All that was sent could be understood.</Empty>
          ) : (
            <ul className="reasons">
              {reasons.map((reason) => (
                <ReasonItem key={reason.reason} reason={reason} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  )
}

function ReasonItem({ reason: told }: { readonly reason: Reason }) {
  const { reason, sentence, count, last_received_at, samples } = told
  return (
    <li>
      <h3>
        {formatWord(reason)} <Badge kind="bad">{formatCount(count)}</Badge>
        <span className="note">{`last ${formatTime(last_received_at)} UTC`}</span>
      </h3>
      <p>{sentence}</p>
      {samples.map((sample, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: samples have no name of their own
        <SampleItem key={at} sample={sample} />
      ))}
    </li>
  )
}

function SampleItem({ sample }: { readonly sample: Sample }) {
  const { source, received_at, detail, raw, raw_truncated } = sample
  return (
    <details className="sample">
      <summary>
        <span className="number">{formatTime(received_at)}</span> {source ?? 'unknown source'}
        <em>{detail ?? 'no detail'}</em>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <pre tabIndex={0}>{`${pretty(raw)}${raw_truncated ? '\n… cut here' : ''}`}</pre>
    </details>
  )
}

function pretty(raw: string | null): string {
  try {
    return JSON.stringify(JSON.parse(raw ?? ''), null, 2)
  } catch {
    return raw ?? ''
  }
}
