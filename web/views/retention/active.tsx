/** Who was there in each period: those who began in it, and those who were back. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { formatCount, formatDay } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import type { Retention } from './fields.ts'

type Row = Retention['active'][number]

const COLUMNS: readonly GridColumn<Row>[] = [
  { name: 'start', title: 'From', value: ({ start }) => start },
  {
    ...({ name: 'persons', title: 'Active', kind: 'count' } as const),
    value: ({ persons }) => persons,
    show: ({ persons, people, start }) => (
      <PeopleLink about={`active in the period from ${start}`} path={people}>
        {formatCount(persons)}
      </PeopleLink>
    ),
  },
  { name: 'new', title: 'New', kind: 'count', value: (row) => row.new },
  { name: 'returning', title: 'Returning', kind: 'count', value: (row) => row.returning },
  {
    ...({ name: 'not_yet', title: 'Not yet in a cohort', kind: 'count' } as const),
    about: 'they were there, and did what makes a cohort later or never',
    value: (row) => row.not_yet,
  },
]

export function Active({ retention }: { readonly retention: Retention }) {
  const { active, period } = retention
  const hasOthers = active.some(({ not_yet }) => not_yet > 0)
  const option = useMemo(() => {
    const bars = { draw: 'bars', stack: 'active' } as const
    return seriesChart({
      places: active.map(({ start }) => formatDay(start)),
      format: formatCount,
      series: [
        { name: 'New', ...bars, values: active.map((row) => row.new) },
        { name: 'Returning', ...bars, values: active.map(({ returning }) => returning) },
        ...(hasOthers
          ? [{ name: 'Not yet in a cohort', ...bars, values: active.map((row) => row.not_yet) }]
          : []),
      ],
    })
  }, [active, hasOthers])
  return (
    <Chart
      about={`People who were there, by ${period}`}
      columns={COLUMNS}
      height={232}
      legend={['New', 'Returning', ...(hasOthers ? ['Not yet in a cohort'] : [])]}
      name="New and returning"
      option={option}
      rows={active}
      span={1}
    />
  )
}
