/**
 * Do they come back: cohorts by when they first came or bought, how many of each were back after
 * how long, and how many of those who are active are new.
 */
import { useFigures } from '../../api/figures.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Segments, Select } from '../../parts/controls.tsx'
import { FilterBar, useFilters } from '../../parts/filter_bar.tsx'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { SESSION_COLUMNS } from '../../state/session_columns.ts'
import { Active } from './active.tsx'
import { Curve } from './curve.tsx'
import { askedOf, FIELDS, PERIODS, type Period } from './fields.ts'
import { HeatMap } from './heat_map.tsx'
import { RetentionFigures } from './retention_figures.tsx'
import { Who } from './who.tsx'
import './retention.css'

const COUNTS = [8, 12, 26, 52]
const PERIOD_TITLES: Readonly<Record<Period, string>> = {
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
}
const KINDS = [
  { value: 'bounded', title: 'Back in that period' },
  { value: 'rolling', title: 'Then or later' },
] as const

export default function RetentionView() {
  const [fields, change] = useFields(FIELDS)
  const where = useFilters(SESSION_COLUMNS)
  const { period, kind, cohorts, compare } = fields
  const { answer: figures } = useFigures()
  // By the hour, so that what is asked changes no more often.
  const as_of = figures?.as_of?.slice(0, 13).concat(':00:00Z')
  const asking = useAnswer('/api/retention', askedOf(fields, where, as_of, 'latest'))
  const isCompared = compare === 'previous'
  const before = useAnswer(
    '/api/retention',
    isCompared ? askedOf(fields, where, as_of, 'before') : null,
  )
  const previous = isCompared && before.state === 'ready' ? before.answer : undefined
  return (
    <>
      <ViewHead about="Do people come back, and how many of them after how long?" title="Retention">
        <Segments
          name="Cohorts by"
          onChange={(value) => change({ period: value })}
          options={PERIODS.map((value) => ({ value, title: PERIOD_TITLES[value] }))}
          value={period}
        />
        <Select
          name="How many cohorts"
          onChange={(value) => change({ cohorts: Number(value) })}
          options={[...new Set([...COUNTS, cohorts])]
            .sort((one, other) => one - other)
            .map((count) => ({ value: String(count), title: `the last ${count} ${period}s` }))}
          value={String(cohorts)}
        />
        <Segments
          name="What counts as back"
          onChange={(value) => change({ kind: value })}
          options={KINDS}
          value={kind}
        />
        <button
          aria-pressed={isCompared}
          className="button"
          onClick={() => change({ compare: isCompared ? 'none' : 'previous' })}
          title={`Compare with the ${cohorts} ${period}s before`}
          type="button"
        >
          vs before
        </button>
        <FilterBar columns={SESSION_COLUMNS} of="First visit" />
      </ViewHead>
      <Who />
      <Answered asking={asking} height={640}>
        {(told) =>
          told.cohorts.length === 0 ? (
            <Empty height={300} title="No cohorts in this time">
              Choose more or longer periods, or another first act.
            </Empty>
          ) : (
            <>
              <RetentionFigures previous={previous} retention={told} />
              <Panels>
                <HeatMap retention={told} />
                <Curve previous={previous} retention={told} />
                <Active retention={told} />
              </Panels>
            </>
          )
        }
      </Answered>
    </>
  )
}
