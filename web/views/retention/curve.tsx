/** All cohorts together: how many are still there after how long. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, highestShare, seriesChart } from '../../parts/chart/options.ts'
import { formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import type { Retention } from './fields.ts'

type Point = Retention['curve'][number] & { readonly before: number | null }

interface CurveProps {
  readonly retention: Retention
  readonly previous: Retention | undefined
}

export function Curve({ retention, previous }: CurveProps) {
  const { curve, period } = retention
  const points = useMemo(() => {
    const earlier = new Map(previous?.curve.map((point) => [point.period, point.rate]))
    return curve.map((point) => ({ ...point, before: earlier.get(point.period) ?? null }))
  }, [curve, previous])
  // The first point is everybody, mostly; the others are what differs.
  const later = useMemo(() => points.filter(({ period: at }) => at > 0), [points])
  const option = useMemo(() => {
    const rates = later.map(({ rate }) => rate)
    const series: ChartSeries[] = [{ name: 'These cohorts', draw: 'area', values: rates }]
    const past = later.map(({ before }) => before)
    if (previous) series.push({ name: 'Those before', draw: 'before', values: past })
    return seriesChart({
      places: later.map(({ period: at }) => `+${at}`),
      ...{ format: formatShare, axisFormat: formatShare, series, ...highestShare(series) },
    })
  }, [later, previous])
  return (
    <Chart
      about={
        <>
          The share that was back so many {period}s later, of all cohorts for which that {period} is
          over
        </>
      }
      columns={columnsOf(period, previous !== undefined)}
      empty={`Come back when the first people's next ${period} is over.`}
      emptyTitle="Too early to tell"
      height={260}
      legend={previous ? ['These cohorts', 'Those before'] : []}
      name="All cohorts together"
      option={option}
      rows={later}
      span={2}
    />
  )
}

function columnsOf(period: string, compared: boolean): readonly GridColumn<Point>[] {
  return [
    { name: 'after', title: `After ${period}s`, kind: 'count', value: ({ period: at }) => at },
    { name: 'persons', title: 'Back', kind: 'count', value: ({ persons }) => persons },
    { name: 'of', title: 'Of', kind: 'count', value: ({ of }) => of },
    { name: 'rate', title: 'Share', kind: 'share', value: ({ rate }) => rate },
    ...(compared
      ? [
          {
            ...({ name: 'before', title: 'Share before', kind: 'share' } as const),
            value: ({ before }: Point) => before,
          },
        ]
      : []),
  ]
}
