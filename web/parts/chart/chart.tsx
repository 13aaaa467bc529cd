/**
 * A chart as views use it: a panel with name, legend, the same figures as a table, and both as
 * files. Whoever cannot see the canvas is told its name and finds the table behind the first
 * button.
 */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { type ReactNode, Suspense, useCallback, useRef, useState } from 'react'
import { lazyChunk, loadChunk } from '../chunk.ts'
import { IconButton } from '../controls.tsx'
import { Grid, type GridColumn } from '../grid.tsx'
import { Panel } from '../layout.tsx'
import { saveImage, saveRows } from '../save.ts'
import { Empty } from '../states.tsx'
import type { Picked } from './canvas.tsx'
import type { RareKind } from './engine.ts'
import { colourOf } from './theme.ts'
import './chart.css'

const Canvas = lazyChunk(() => import('./canvas.tsx'))

interface ChartProps<R> {
  readonly name: string
  readonly about?: ReactNode
  readonly option: EChartsCoreOption
  /** The same figures as rows: the table behind the chart, and the file. */
  readonly columns: readonly GridColumn<R>[]
  readonly rows: readonly R[]
  readonly height?: number
  readonly span?: 1 | 2 | 3
  /** Kinds that are loaded only where they are needed. */
  readonly kinds?: readonly RareKind[]
  /** Names in the order of the theme's colours; none where one series needs no name. */
  readonly legend?: readonly string[]
  readonly onPick?: (picked: Picked) => void
  /**
   * Elements in place of the canvas, such as bars that open: as high as they are. The option is
   * then what the picture is made of.
   */
  readonly drawn?: ReactNode
  /** Beside the name, such as what is shown of several. */
  readonly controls?: ReactNode
  /** What to do so that there is something; shown when there are no rows. */
  readonly empty?: ReactNode
  /** Why there is nothing; the time that is looked at unless told. */
  readonly emptyTitle?: string
}

export function Chart<R>(props: ChartProps<R>) {
  const { name, about, option, rows, height = 260, span = 3, legend = [] } = props
  const [shown, setShown] = useState<Shown>('chart')
  const canvas = useRef<ECharts>(null)
  const onChart = useCallback((chart: ECharts | null) => {
    canvas.current = chart
  }, [])
  const toImage = async () => {
    const backgroundColor = colourOf('--surface')
    const url = props.drawn
      ? await (await loadChunk(() => import('./picture.ts'))).pictureOf(option, height, props.kinds)
      : canvas.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor })
    if (url) await saveImage(name, url)
  }
  const actions = (
    <>
      {props.controls}
      <Actions {...props} onImage={() => void toImage()} onShow={setShown} shown={shown} />
    </>
  )
  return (
    <Panel about={about} actions={actions} span={span} title={name}>
      {legend.length > 0 && rows.length > 0 && <Legend names={legend} />}
      <div className="chart" style={props.drawn || rows.length === 0 ? {} : { height }}>
        <Content {...props} height={height} onChart={onChart} shown={shown} />
      </div>
    </Panel>
  )
}

type Shown = 'chart' | 'table'

interface ActionsProps<R> extends ChartProps<R> {
  readonly shown: Shown
  readonly onShow: (shown: Shown) => void
  readonly onImage: () => void
}

function Actions<R>({ name, columns, rows, shown, onShow, onImage }: ActionsProps<R>) {
  const isTable = shown === 'table'
  return (
    <>
      <IconButton
        icon="table"
        name={`${name}: as a table`}
        onClick={() => onShow(isTable ? 'chart' : 'table')}
        pressed={isTable}
      />
      <IconButton
        icon="download"
        name={`${name}: save as CSV`}
        onClick={() => saveRows(name, columns, rows)}
      />
      <IconButton disabled={isTable} icon="image" name={`${name}: save as PNG`} onClick={onImage} />
    </>
  )
}

interface ContentProps<R> extends ChartProps<R> {
  readonly height: number
  readonly shown: Shown
  readonly onChart: (chart: ECharts | null) => void
}

function Content<R>({ shown, onChart, ...props }: ContentProps<R>) {
  const { name, columns, rows, height, drawn, empty, emptyTitle = 'Nothing in this time' } = props
  if (rows.length === 0) {
    return (
      <Empty height={height} title={emptyTitle}>
        {empty ?? 'Choose a longer time, or fewer filters.'}
      </Empty>
    )
  }
  if (shown === 'table') return <Grid columns={columns} height={height} name={name} rows={rows} />
  if (drawn) return drawn
  return (
    <figure aria-label={`Chart: ${name}`} className="chart-figure" role="img">
      <Suspense fallback={null}>
        <Canvas
          onChart={onChart}
          option={props.option}
          {...(props.kinds ? { kinds: props.kinds } : {})}
          {...(props.onPick ? { onPick: props.onPick } : {})}
        />
      </Suspense>
    </figure>
  )
}

function Legend({ names }: { readonly names: readonly string[] }) {
  return (
    <ul className="legend">
      {names.map((name, at) => (
        <li data-series={at + 1} key={name}>
          {name}
        </li>
      ))}
    </ul>
  )
}
