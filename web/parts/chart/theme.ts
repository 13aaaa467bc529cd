/** The theme of charts: the page's own colours, read where the page has them. */

export const SERIES_COLOURS = 8

/** A colour of tokens.css as it is now, such as `--accent`. */
export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

export function chartTheme(): object {
  const [ink, soft, line, strong] = ['--ink', '--ink-faint', '--line', '--line-strong'].map(
    colourOf,
  )
  const axis = {
    axisLine: { show: false, lineStyle: { color: strong } },
    axisTick: { show: false },
    axisLabel: { color: soft, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
  }
  const series = Array.from({ length: SERIES_COLOURS }, (_, at) => colourOf(`--series-${at + 1}`))
  return {
    color: series,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
    categoryAxis: {
      ...axis,
      splitLine: { show: false },
      axisLine: { ...axis.axisLine, show: true },
    },
    valueAxis: axis,
    logAxis: axis,
    timeAxis: axis,
    line: { symbol: 'circle', symbolSize: 5, lineStyle: { width: 2 } },
    tooltip: {
      // The look is the page's, by the class; what the library would write into markup is not used.
      ...{ className: 'chart-tooltip', backgroundColor: 'transparent', borderWidth: 0, padding: 0 },
      ...{ confine: true, transitionDuration: 0.1, axisPointer: { lineStyle: { color: strong } } },
    },
  }
}
