/** Revenue over time, beside the time before where that is asked for; the peak in words. */
import { useMemo } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, seriesChart } from '../../parts/chart/options.ts'
import {
  formatBrief,
  formatCount,
  formatDate,
  formatDay,
  formatMoney,
  formatTime,
} from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Answered } from '../../parts/states.tsx'
import type { AskedTimes } from './asked.ts'

type Sales = Answer<'/api/sales'>
type SalesRow = Sales['rows'][number]

const HEIGHT = 280
const NAME = 'Sales over time'

interface SalesChartProps {
  readonly asked: AskedTimes | null
  readonly product?: string
}

export function SalesChart({ asked, product }: SalesChartProps) {
  const own = product === undefined ? {} : { product: [product] }
  const interval = asked?.period.interval
  const now = useAnswer('/api/sales', asked && { ...asked.now, ...own, interval })
  const past = useAnswer('/api/sales', asked?.before ? { ...asked.before, ...own, interval } : null)
  return (
    <Answered asking={now} height={HEIGHT + 70}>
      {(sales) => <Drawn before={asked?.before ? past.answer : undefined} sales={sales} />}
    </Answered>
  )
}

const isClock = ({ interval }: Sales) => interval === '15m' || interval === 'hour'
const startOf = (sales: Sales, start: string) =>
  isClock(sales) ? formatTime(start) : formatDay(start)

function peakWords(sales: Sales): string {
  const { peak, currency, interval } = sales
  if (!peak) return 'Nothing was sold in this time.'
  const when = isClock(sales) ? formatTime(peak.start) : formatDate(peak.start)
  const of = interval === '15m' ? 'quarter hour' : interval
  return `The best ${of}: ${when}, ${formatMoney(peak.revenue, currency)} for ${formatCount(peak.units)} units.`
}

interface DrawnProps {
  readonly sales: Sales
  readonly before: Sales | undefined
}

function Drawn({ sales, before }: DrawnProps) {
  const { rows, currency } = sales
  const option = useMemo(() => {
    const revenue = ({ revenue: value }: SalesRow) => Number(value)
    const series: ChartSeries[] = [{ name: 'Revenue', draw: 'bars', values: rows.map(revenue) }]
    // Tricky: both times are as long, but may touch one interval more or less.
    const past = before?.rows.slice(-rows.length).map(revenue)
    if (past) series.push({ name: 'Revenue, time before', draw: 'before', values: past })
    return seriesChart({
      places: rows.map(({ start }) => startOf(sales, start)),
      series,
      format: (value) => formatMoney(value, currency),
      axisFormat: formatBrief,
    })
  }, [sales, rows, before, currency])
  const columns: readonly GridColumn<SalesRow>[] = useMemo(
    () => [
      { name: 'start', title: 'From', kind: 'time', value: ({ start }) => start },
      {
        ...{ name: 'revenue', title: 'Revenue', kind: 'money', value: ({ revenue }) => revenue },
        show: ({ revenue }) => formatMoney(revenue, currency),
      },
      { name: 'units', title: 'Units', kind: 'count', value: ({ units }) => units },
      { name: 'sales', title: 'Sales', kind: 'count', value: ({ sales: count }) => count },
      { name: 'views', title: 'Views', kind: 'count', value: ({ views }) => views },
    ],
    [currency],
  )
  return (
    <Chart
      about={peakWords(sales)}
      columns={columns}
      height={HEIGHT}
      legend={before ? ['Revenue', 'Revenue, time before'] : []}
      name={NAME}
      option={option}
      rows={rows}
    />
  )
}
