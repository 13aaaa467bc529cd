/**
 * The usual charts as values: series over a row of places, as lines, areas or bars. Colours come
 * from the theme in the order of the series; what is more than eight belongs into a table.
 */
import type { EChartsCoreOption } from 'echarts/core'
import { formatBrief } from '../format.ts'
import { tooltipOf } from './tooltip.ts'

export interface ChartSeries {
  readonly name: string
  /** One per place; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** `before`: the time it is compared with, dashed and pale. */
  readonly draw?: 'line' | 'area' | 'bars' | 'before'
  /** Series with the same word stand on one another. */
  readonly stack?: string
}

export interface SeriesChart {
  /** What stands below: times as they are written, or words. */
  readonly places: readonly string[]
  readonly series: readonly ChartSeries[]
  /** Of a value in the tooltip, and on the axis where nothing else is said. */
  readonly format: (value: number) => string
  readonly axisFormat?: (value: number) => string
  /** `down`: places stand below one another, for words and few values. */
  readonly direction?: 'across' | 'down'
  readonly highest?: number
}

/** For an axis of shares: it never goes beyond all, also where there are none. */
export function highestShare(series: readonly ChartSeries[]): Pick<SeriesChart, 'highest'> {
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  return most === 0 || most > 0.8 ? { highest: 1 } : {}
}

interface Pointed {
  readonly seriesName?: string
  readonly value: unknown
  readonly color?: unknown
  readonly dataIndex: number
}

export function seriesChart(chart: SeriesChart): EChartsCoreOption {
  const { places, series, format, axisFormat = formatBrief, direction = 'across' } = chart
  const category = {
    type: 'category' as const,
    data: [...places],
    boundaryGap: direction === 'down' || series.some(({ draw }) => draw === 'bars'),
    inverse: direction === 'down',
  }
  const value = {
    type: 'value' as const,
    splitNumber: 4,
    minInterval: 0,
    ...(chart.highest === undefined ? {} : { max: chart.highest, interval: chart.highest / 4 }),
    axisLabel: { formatter: (at: number) => axisFormat(at) },
  }
  const pointed = (given: unknown) => {
    const points = (Array.isArray(given) ? given : [given]) as readonly Pointed[]
    const rows = points.map(({ seriesName = '', value: told, color }) => ({
      name: seriesName,
      value: typeof told === 'number' ? format(told) : '–',
      ...(typeof color === 'string' ? { colour: color } : {}),
    }))
    return tooltipOf(places[points[0]?.dataIndex ?? 0] ?? '', rows)
  }
  return {
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: 'same' },
    xAxis: direction === 'across' ? category : value,
    yAxis: direction === 'across' ? value : category,
    tooltip: { trigger: 'axis', formatter: pointed },
    series: series.map((one) => seriesOption(one)),
  }
}

function seriesOption({ name, values, draw = 'line', stack }: ChartSeries): object {
  const common = { name, data: [...values], ...(stack ? { stack } : {}) }
  if (draw === 'bars') {
    const corners = stack ? 0 : [3, 3, 0, 0]
    return { ...common, type: 'bar', barMaxWidth: 36, itemStyle: { borderRadius: corners } }
  }
  const line = { ...common, type: 'line', showSymbol: values.length < 3, connectNulls: false }
  if (draw === 'area') return { ...line, areaStyle: { opacity: 0.12 } }
  if (draw === 'before') {
    return {
      ...line,
      lineStyle: { type: 'dashed', width: 1.5, opacity: 0.6 },
      itemStyle: { opacity: 0.6 },
    }
  }
  return line
}
