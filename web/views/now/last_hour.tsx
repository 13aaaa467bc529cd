/** Events and shoppers minute by minute; what is bought is too little to be seen beside them. */
import { useMemo } from 'react'
import type { Figures } from '../../api/figures.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { formatClock, formatCount } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { type Minute, minutesOf } from './minutes.ts'

const COLUMNS: readonly GridColumn<Minute>[] = [
  { name: 'minute', title: 'Minute (UTC)', kind: 'time', value: ({ minute }) => minute },
  { name: 'events', title: 'Events', kind: 'count', value: ({ events }) => events },
  { name: 'visitors', title: 'Shoppers', kind: 'count', value: ({ visitors }) => visitors },
  { name: 'purchases', title: 'Purchases', kind: 'count', value: ({ purchases }) => purchases },
]

export function LastHour({ figures }: { readonly figures: Figures }) {
  const minutes = useMemo(() => minutesOf(figures, null), [figures])
  const option = useMemo(
    () =>
      seriesChart({
        places: minutes.map(({ minute }) => formatClock(minute)),
        format: formatCount,
        series: [
          { name: 'Events', draw: 'area', values: minutes.map(({ events }) => events) },
          { name: 'Shoppers', values: minutes.map(({ visitors }) => visitors) },
        ],
      }),
    [minutes],
  )
  return (
    <Chart
      columns={COLUMNS}
      height={300}
      legend={['Events', 'Shoppers']}
      name="Minute by minute"
      option={option}
      rows={minutes}
      span={2}
    />
  )
}
