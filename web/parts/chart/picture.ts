/** A chart as a picture without a place on the page: for what is shown as elements instead. */
import type { EChartsCoreOption } from 'echarts/core'
import { init, loadKinds, type RareKind } from './engine.ts'
import { chartTheme, colourOf } from './theme.ts'

const WIDTH = 1_200

/** A PNG as the address of its data. */
export async function pictureOf(
  option: EChartsCoreOption,
  height: number,
  kinds: readonly RareKind[] = [],
): Promise<string> {
  await loadKinds(kinds)
  const place = document.createElement('div')
  const chart = init(place, chartTheme(), { width: WIDTH, height })
  chart.setOption({ ...option, animation: false })
  const backgroundColor = colourOf('--surface')
  const url = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor })
  chart.dispose()
  return url
}
