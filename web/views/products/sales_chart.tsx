/** Revenue over time, beside the time before where that is asked for; the peak in words. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, seriesChart } from '../../parts/chart/options.ts'
import {
  formatBriefMoney,
  formatDate,
  formatDay,
  formatMoney,
  formatSeveral,
  formatTime,
} from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Answered } from '../../parts/states.tsx'
import type { Sales, SalesAsking } from './answers.ts'

type SalesRow = Sales['rows'][number]

const HEIGHT = 280
const NAME = 'Sales over time'

export function SalesChart({ now, before }: SalesAsking) {
  return (
    <Answered asking={now} height={HEIGHT + 70}>
      {(sales) => <Drawn before={before} sales={sales} />}
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
  const what = `${formatMoney(peak.revenue, currency)} for ${formatSeveral(peak.units, 'unit')}`
  return `The best ${of}: ${when}, ${what}.`
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
    if (past?.some((value) => value > 0)) {
      series.push({ name: 'Revenue, time before', draw: 'before', values: past })
    }
    return seriesChart({
      places: rows.map(({ start }) => startOf(sales, start)),
      series,
      format: (value) => formatMoney(value, currency),
      axisFormat: (value) => formatBriefMoney(value, currency),
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
