/** How the funnel changes with time: its conversion, or how many reached the last step. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, highestShare, seriesChart } from '../../parts/chart/options.ts'
import { Segments } from '../../parts/controls.tsx'
import { formatCount, formatDay, formatShare, formatTime, formatWord } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { useFields } from '../../state/address.ts'
import { FIELDS, type Funnel, requiredOf } from './fields.ts'

type TrendRow = Funnel['trend']['rows'][number]

interface TrendProps {
  readonly funnel: Funnel
  readonly previous: Funnel | undefined
  /** Of the time looked at; what is compared with lies so long before. */
  readonly length_ms: number | null | undefined
}

const LINES_MAX = 6
const SHOWN = [
  { value: 'rate', title: 'Conversion' },
  { value: 'count', title: 'Converted' },
] as const

const lastOf = ({ steps }: TrendRow) => requiredOf(steps).at(-1)
const firstOf = ({ steps }: TrendRow) => requiredOf(steps)[0]
const partOf = ({ value, is_other }: TrendRow): string => (is_other ? 'other' : (value ?? '(none)'))

export function Trend({ funnel, previous, length_ms }: TrendProps) {
  const [{ trend: shown }, change] = useFields(FIELDS)
  const { rows, interval } = funnel.trend
  const isDays = interval !== '15m' && interval !== 'hour'
  const { option, names } = useMemo(() => {
    const starts = [...new Set(rows.map(({ start }) => start))].sort()
    const parts = partsOf(funnel)
    const value = (row: TrendRow | undefined) => {
      if (!row) return null
      return shown === 'rate' ? row.conversion_rate : (lastOf(row)?.count ?? null)
    }
    const series: ChartSeries[] = parts.map((part) => {
      const found = new Map(
        rows.filter((row) => part === null || partOf(row) === part).map((row) => [row.start, row]),
      )
      return {
        name: part === null ? 'Now' : formatWord(part),
        values: starts.map((start) => value(found.get(start))),
      }
    })
    if (previous && length_ms && parts[0] === null) {
      const earlier = new Map(previous.trend.rows.map((row) => [Date.parse(row.start), row]))
      const values = starts.map((start) => value(earlier.get(Date.parse(start) - length_ms)))
      series.push({ name: 'Before', draw: 'before', values })
    }
    const places = starts.map(isDays ? formatDay : formatTime)
    const format = shown === 'rate' ? formatShare : formatCount
    const axis = shown === 'rate' ? { axisFormat: formatShare, ...highestShare(series) } : {}
    return {
      option: seriesChart({ places, series, format, ...axis }),
      names: series.length > 1 ? series.map(({ name }) => name) : [],
    }
  }, [funnel, rows, previous, length_ms, shown, isDays])
  return (
    <Chart
      about={`By ${interval === '15m' ? 'quarter of an hour' : interval} in which it began`}
      columns={columnsOf(funnel)}
      controls={
        <Segments
          name="Shown"
          onChange={(value) => change({ trend: value }, 'replace')}
          options={SHOWN}
          value={shown}
        />
      }
      height={240}
      legend={names}
      name="Trend"
      option={option}
      rows={rows}
      span={2}
    />
  )
}

/** The largest parts of the breakdown; null is all of it. */
function partsOf({ breakdown }: Funnel): readonly (string | null)[] {
  if (!breakdown) return [null]
  return breakdown.values
    .slice(0, LINES_MAX)
    .map(({ value, is_other }) => (is_other ? 'other' : (value ?? '(none)')))
}

function columnsOf({ breakdown }: Funnel): readonly GridColumn<TrendRow>[] {
  const count = (
    name: string,
    title: string,
    of: (row: TrendRow) => TrendRow['steps'][number] | undefined,
  ): GridColumn<TrendRow> => ({
    ...{ name, title, kind: 'count', value: (row) => of(row)?.count },
    show: (row) => {
      const step = of(row)
      if (!step || step.count === 0) return '0'
      return (
        <PeopleLink
          about={`reached step ${step.step}, begun ${formatTime(row.start)}`}
          path={step.people}
        >
          {formatCount(step.count)}
        </PeopleLink>
      )
    },
  })
  return [
    { name: 'start', title: 'Begun (UTC)', kind: 'time', value: ({ start }) => start },
    ...(breakdown ? [{ name: breakdown.by, title: formatWord(breakdown.by), value: partOf }] : []),
    count('began', 'Began', firstOf),
    count('converted', 'Converted', lastOf),
    {
      ...({ name: 'conversion', title: 'Conversion', kind: 'share' } as const),
      value: ({ conversion_rate }) => conversion_rate,
    },
  ]
}
