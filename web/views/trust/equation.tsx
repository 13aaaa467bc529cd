/** The ledger in one line: every record that the log took has exactly one outcome. */
import { Badge } from '../../parts/controls.tsx'
import { formatCount, formatWord } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { ABOUT, type Ledger, outcomesOf } from './outcomes.ts'
import './equation.css'

interface EquationProps {
  readonly ledger: Pick<Ledger, 'totals' | 'balanced'>
}

export function Equation({ ledger: { totals, balanced } }: EquationProps) {
  const terms = outcomesOf(totals)
  return (
    <Panel
      about="Every record that the log took has exactly one outcome."
      actions={
        <Badge kind={balanced ? 'good' : 'bad'}>
          {balanced ? '✓ balances' : '✗ does not balance'}
        </Badge>
      }
      title="Ledger"
    >
      <div className="equation">
        <Term about="acknowledged and on disk" name="received" value={totals.received} />
        {terms.map((outcome, at) => (
          <Term
            about={ABOUT[outcome]}
            key={outcome}
            name={formatWord(outcome)}
            sign={at === 0 ? '=' : '+'}
            value={totals[outcome]}
          />
        ))}
        <Term about="on disk, soon in the tables" name="pending" sign="+" value={totals.pending} />
      </div>
    </Panel>
  )
}

interface TermProps {
  readonly sign?: '=' | '+'
  readonly name: string
  readonly value: number
  readonly about: string
}

function Term({ sign, name, value, about }: TermProps) {
  return (
    <div className="term" data-size={value === 0 ? 'none' : 'some'} title={about}>
      {sign && <i aria-hidden="true">{sign}</i>}
      <strong className="number">{formatCount(value)}</strong>
      <span>{name}</span>
    </div>
  )
}
