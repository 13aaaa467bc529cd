/**
 * A chart as views use it: a panel with name, legend, the same figures as a table, and both as
 * files. Whoever cannot see the canvas is told its name and finds the table behind the first
 * button.
 */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { lazy, type ReactNode, Suspense, useCallback, useRef, useState } from 'react'
import { IconButton } from '../controls.tsx'
import { Grid, type GridColumn } from '../grid.tsx'
import { Panel } from '../layout.tsx'
import { saveImage, saveRows } from '../save.ts'
import { Empty } from '../states.tsx'
import type { Picked } from './canvas.tsx'
import type { RareKind } from './engine.ts'
import { colourOf } from './theme.ts'
import './chart.css'

const Canvas = lazy(() => import('./canvas.tsx'))

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
  /** What to do so that there is something; shown when there are no rows. */
  readonly empty?: ReactNode
}

export function Chart<R>(props: ChartProps<R>) {
  const { name, about, option, columns, rows, height = 260, span = 3, legend = [], empty } = props
  const [shown, setShown] = useState<'chart' | 'table'>('chart')
  const drawn = useRef<ECharts>(null)
  const onChart = useCallback((chart: ECharts | null) => {
    drawn.current = chart
  }, [])
  const toImage = () => {
    const backgroundColor = colourOf('--surface')
    const url = drawn.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor })
    if (url) void saveImage(name, url)
  }
  const isTable = shown === 'table'
  const actions = (
    <>
      <IconButton
        icon="table"
        name={`${name}: as a table`}
        onClick={() => setShown(isTable ? 'chart' : 'table')}
        pressed={isTable}
      />
      <IconButton
        icon="download"
        name={`${name}: save as CSV`}
        onClick={() => saveRows(name, columns, rows)}
      />
      <IconButton disabled={isTable} icon="image" name={`${name}: save as PNG`} onClick={toImage} />
    </>
  )
  return (
    <Panel about={about} actions={actions} span={span} title={name}>
      {legend.length > 0 && <Legend names={legend} />}
      <div className="chart" style={{ height }}>
        {rows.length === 0 ? (
          <Empty height={height} title="Nothing in this time">
            {empty ?? 'Choose a longer time, or fewer filters.'}
          </Empty>
        ) : isTable ? (
          <Grid columns={columns} height={height} name={name} rows={rows} />
        ) : (
          <figure aria-label={`Chart: ${name}`} className="chart-figure" role="img">
            <Suspense fallback={null}>
              <Canvas
                onChart={onChart}
                option={option}
                {...(props.kinds ? { kinds: props.kinds } : {})}
                {...(props.onPick ? { onPick: props.onPick } : {})}
              />
            </Suspense>
          </figure>
        )}
      </div>
    </Panel>
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
