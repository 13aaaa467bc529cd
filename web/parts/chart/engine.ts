/**
 * ECharts with what most charts need: lines, bars, two axes, a tooltip, drawn on a canvas. A chunk
 * of its own, loaded with the first chart; rarer kinds bring theirs.
 */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import {
  AriaComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { loadChunk } from '../chunk.ts'

use([
  BarChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
])

export { init }

/** Kinds of charts that come in chunks of their own. */
export type RareKind = 'sankey' | 'heatmap'

const RARE: Readonly<Record<RareKind, () => Promise<unknown>>> = {
  sankey: () => import('./sankey.ts'),
  heatmap: () => import('./heatmap.ts'),
}

export async function loadKinds(kinds: readonly RareKind[]): Promise<void> {
  await Promise.all(kinds.map((kind) => loadChunk(RARE[kind])))
}
