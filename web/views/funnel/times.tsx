/** How long the way takes: how many needed how long, for the whole of it or for one step. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { Select } from '../../parts/controls.tsx'
import { formatCount, formatDuration } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { Empty } from '../../parts/states.tsx'
import { sayStep } from '../../parts/step_words.ts'
import { useFields } from '../../state/address.ts'
import { FIELDS, type Funnel, unitsOf } from './fields.ts'

type Bin = NonNullable<Funnel['time_to_convert']>['first_to_last']['histogram'][number]

const COLUMNS: readonly GridColumn<Bin>[] = [
  { name: 'from_s', title: 'From', kind: 'duration', value: ({ from_s }) => from_s },
  { name: 'to_s', title: 'To', kind: 'duration', value: ({ to_s }) => to_s },
  { name: 'count', title: 'Took so long', kind: 'count', value: ({ count }) => count },
]

/** By where it ends: each bin begins where the one before ended. */
const titleOf = ({ from_s, to_s }: Bin): string => {
  if (to_s === null) return `> ${formatDuration(from_s)}`
  return `< ${formatDuration(to_s)}`
}

/** Without the empty ends. */
function between(bins: readonly Bin[]): readonly Bin[] {
  const first = bins.findIndex(({ count }) => count > 0)
  const last = bins.findLastIndex(({ count }) => count > 0)
  return first < 0 ? [] : bins.slice(first, last + 1)
}

export function Times({ funnel }: { readonly funnel: Funnel }) {
  const [{ times: wanted }, change] = useFields(FIELDS)
  const told = funnel.time_to_convert
  const shown = told?.steps.find(({ step }) => step === wanted) ?? told?.first_to_last
  const bins = useMemo(() => between(shown?.histogram ?? []), [shown])
  const option = useMemo(
    () =>
      seriesChart({
        places: bins.map(titleOf),
        format: formatCount,
        series: [{ name: 'Took so long', draw: 'bars', values: bins.map(({ count }) => count) }],
      }),
    [bins],
  )
  if (!told || !shown) {
    return (
      <Panel span={3} title="Time to convert">
        <Empty height={240} title="No times here">
          {funnel.order === 'any'
            ? 'Steps in any order have no time between them.'
            : 'It takes a second step that somebody reached.'}
        </Empty>
      </Panel>
    )
  }
  const words = funnel.steps.map(({ event_type, filter }) =>
    sayStep(filter === null ? event_type : `${event_type}:${filter}`),
  )
  const options = [
    { value: '0', title: 'The whole way' },
    ...told.steps.map(({ step }) => ({ value: String(step), title: `To ${words[step - 1]}` })),
  ]
  return (
    <Chart
      about={
        shown.count === 0 ? (
          'Nobody got there yet.'
        ) : (
          <>
            {formatCount(shown.count)} {unitsOf(funnel)}; half took less than{' '}
            {formatDuration(shown.median_s)}, three of four less than {formatDuration(shown.p75_s)}.
          </>
        )
      }
      columns={COLUMNS}
      controls={
        <Select
          name="Time of"
          onChange={(value) => change({ times: Number(value) }, 'replace')}
          options={options}
          value={options.some(({ value }) => value === String(wanted)) ? String(wanted) : '0'}
        />
      }
      empty="Nobody went this way yet: choose a longer time, or fewer steps."
      height={240}
      name="Time to convert"
      option={option}
      rows={bins}
      span={3}
    />
  )
}
