/** Draws an option of ECharts where it stands, in the page's theme and size. Its own chunk. */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import { useTheme } from '../../frame/theme.ts'
import { init, loadKinds, type RareKind } from './engine.ts'
import { chartTheme } from './theme.ts'

/** What was pointed at with a click. */
export interface Picked {
  readonly seriesName: string
  readonly name: string
  readonly dataIndex: number
  readonly data: unknown
}

export interface CanvasProps {
  readonly option: EChartsCoreOption
  readonly kinds?: readonly RareKind[]
  readonly onPick?: (picked: Picked) => void
  /** Told of the chart, for saving it; null when it is gone. */
  readonly onChart: (chart: ECharts | null) => void
}

const still = matchMedia('(prefers-reduced-motion: reduce)')

export default function Canvas({ option, kinds, onPick, onChart }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const latest = useRef({ option, onPick })
  latest.current = { option, onPick }
  const needed = kinds?.join()
  const theme = useTheme()
  const [failure, setFailure] = useState<unknown>()

  useEffect(() => {
    const element = place.current
    if (!element) return
    let made: ECharts | undefined
    const sizing = new ResizeObserver(() => made?.resize())
    let state: 'there' | 'gone' = 'there'
    const show = async () => {
      // Tricky: a chart knows only of the kinds that were there when it was made.
      await loadKinds((needed?.split(',') ?? []) as RareKind[])
      if (state === 'gone') return
      made = init(element, chartTheme())
      chart.current = made
      made.setOption(calm(latest.current.option, 'first'))
      made.on('click', (event) => latest.current.onPick?.(event as unknown as Picked))
      onChart(made)
      sizing.observe(element)
    }
    show().catch(setFailure)
    return () => {
      state = 'gone'
      sizing.disconnect()
      chart.current = undefined
      onChart(null)
      made?.dispose()
    }
  }, [needed, onChart])

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are in the document
  useEffect(() => chart.current?.setTheme(chartTheme()), [theme])

  useEffect(() => {
    chart.current?.setOption(calm(option, 'again'), { replaceMerge: ['series'], lazyUpdate: true })
  }, [option])

  if (failure !== undefined) throw failure
  return <div className="chart-canvas" ref={place} />
}

/** A chart grows once; what comes later moves little, and nothing moves for who wants that. */
function calm(option: EChartsCoreOption, when: 'first' | 'again'): EChartsCoreOption {
  if (still.matches) return { ...option, animation: false }
  return { animationDuration: when === 'first' ? 350 : 0, animationDurationUpdate: 200, ...option }
}
