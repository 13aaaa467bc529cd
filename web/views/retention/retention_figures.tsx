/** Retention in four numbers. */
import { Figure, Figures } from '../../parts/figure.tsx'
import { formatCount, formatShare } from '../../parts/format.ts'
import type { Retention } from './fields.ts'

interface RetentionFiguresProps {
  readonly retention: Retention
  readonly previous: Retention | undefined
}

const rateAfter = ({ curve }: Retention, period: number): number | null =>
  curve.find((point) => point.period === period)?.rate ?? null

export function RetentionFigures({ retention, previous }: RetentionFiguresProps) {
  const { persons, repeaters, repeat_rate, persons_not_shown, period } = retention
  const change = (now: number | null, before: number | null | undefined) =>
    before === undefined || before === null || now === null
      ? {}
      : { change: { now, before, against: 'vs before' } }
  const after = (count: number) => {
    const rate = rateAfter(retention, count)
    return (
      <Figure
        about={rate === null ? 'no cohort is that old' : 'all cohorts that are old enough'}
        name={`Back after ${count} ${period}${count === 1 ? '' : 's'}`}
        value={formatShare(rate)}
        {...change(rate, previous && rateAfter(previous, count))}
      />
    )
  }
  return (
    <Figures>
      <Figure
        about={`${formatCount(persons_not_shown)} in other cohorts`}
        name="People in these cohorts"
        value={formatCount(persons)}
        {...change(persons, previous?.persons)}
      />
      <Figure
        about={`${formatCount(repeaters)} people`}
        name="Did it more than once"
        value={formatShare(repeat_rate)}
        {...change(repeat_rate, previous?.repeat_rate)}
      />
      {after(1)}
      {after(4)}
    </Figures>
  )
}
