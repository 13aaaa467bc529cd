/**
 * Where people leave on their way: steps that are put together here, how many reach each, who does
 * not, how long it takes, and how it changes.
 */
import { useAnswer } from '../../api/use_answer.ts'
import { Select } from '../../parts/controls.tsx'
import { FilterBar, useFilters } from '../../parts/filter_bar.tsx'
import { formatWord } from '../../parts/format.ts'
import { Panel, Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { usePeriod } from '../../state/period.ts'
import { SESSION_COLUMNS } from '../../state/session_columns.ts'
import { Bars } from './bars.tsx'
import { Breakdown } from './breakdown.tsx'
import { Builder } from './builder.tsx'
import { askedOf, FIELDS } from './fields.ts'
import { FunnelFigures } from './funnel_figures.tsx'
import { Times } from './times.tsx'
import { Trend } from './trend.tsx'
import './funnel.css'

const BY = ['', ...SESSION_COLUMNS, 'category', 'product', 'page'].map((value) => ({
  value,
  title: value === '' ? 'No breakdown' : `By ${formatWord(value)}`,
}))

export default function FunnelView() {
  const [fields, change] = useFields(FIELDS)
  const where = useFilters(SESSION_COLUMNS)
  const period = usePeriod()
  const interval = period?.interval ?? 'day'
  const chosen = { fields, where, interval }
  const asking = useAnswer('/api/funnel', askedOf(chosen, period?.current ?? null))
  const before = useAnswer('/api/funnel', askedOf(chosen, period?.previous ?? null))
  const previous = period?.previous && before.state === 'ready' ? before.answer : undefined
  return (
    <>
      <ViewHead about="Where do people leave on their way through the shop?" title="Funnel">
        <PeriodBar />
        <FilterBar columns={SESSION_COLUMNS} />
        <Select name="Breakdown" onChange={(by) => change({ by })} options={BY} value={fields.by} />
      </ViewHead>
      {fields.steps.length === 0 ? (
        <Panels>
          <Builder />
          <Panel span={2} title="The funnel">
            <Empty height={320} title="No steps yet">
              Add the first one: what somebody does who begins.
            </Empty>
          </Panel>
        </Panels>
      ) : (
        <>
          {/* Why there is no answer is said once, beside the steps. */}
          {asking.state !== 'refused' && (
            <Answered asking={asking} height={116}>
              {(funnel) => <FunnelFigures funnel={funnel} previous={previous} />}
            </Answered>
          )}
          <Panels>
            <Builder />
            <Answered asking={asking} height={420}>
              {(funnel) => (
                <>
                  <Bars funnel={funnel} previous={previous} />
                  <Trend funnel={funnel} length_ms={period?.length_ms} previous={previous} />
                  <Breakdown funnel={funnel} />
                  <Times funnel={funnel} />
                </>
              )}
            </Answered>
          </Panels>
        </>
      )}
    </>
  )
}
