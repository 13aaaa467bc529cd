/** The heat map as a picture; on the page its cells are elements that open. */
import type { EChartsCoreOption } from 'echarts/core'
import { colourOf } from '../../parts/chart/theme.ts'
import { formatDate, formatDay, formatShare } from '../../parts/format.ts'
import type { Cohort, Retention } from './fields.ts'

const month = new Intl.DateTimeFormat(undefined, {
  ...({ timeZone: 'UTC', year: 'numeric', month: 'short' } as const),
})

/** `Jan 2026`, or the first day of its week. */
export function sayCohort({ cohort }: Cohort, period: string): string {
  if (period === 'month') return month.format(new Date(cohort))
  const isThisYear = cohort.slice(0, 4) === String(new Date().getUTCFullYear())
  return isThisYear ? formatDay(cohort) : formatDate(cohort)
}

export function heatOption({ cohorts, period }: Retention): EChartsCoreOption {
  const width = Math.max(0, ...cohorts.map(({ cells }) => cells.length))
  const cells = cohorts.flatMap(({ cells: own }, row) =>
    own.map(({ period: column, rate }) => [column, row, rate ?? 0] as const),
  )
  const highest = Math.max(
    0.01,
    ...cells.filter(([column]) => column > 0).map(([, , rate]) => rate),
  )
  return {
    grid: { left: 4, right: 12, top: 28, bottom: 4, outerBoundsMode: 'same' },
    xAxis: {
      ...{ type: 'category', position: 'top' },
      data: Array.from({ length: width }, (_, at) => (at === 0 ? 'then' : `+${at}`)),
    },
    yAxis: {
      ...{ type: 'category', inverse: true },
      data: cohorts.map((cohort) => sayCohort(cohort, period)),
    },
    visualMap: {
      ...{ show: false, min: 0, max: highest },
      inRange: { color: [colourOf('--scale-low'), colourOf('--scale-high')] },
    },
    series: [
      {
        type: 'heatmap',
        data: cells,
        label: {
          show: true,
          formatter: ({ value }: { readonly value: readonly number[] }) =>
            formatShare(value[2] ?? 0),
        },
        itemStyle: { borderColor: colourOf('--surface'), borderWidth: 2 },
      },
    ],
  }
}
