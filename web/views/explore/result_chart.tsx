/**
 * Rows as a chart: one column along, one upwards, and perhaps one that splits it into series. What
 * is drawn is what the rows say; nothing is added up.
 */
import { useMemo } from 'react'
import type { Row } from '../../api/routes.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, seriesChart } from '../../parts/chart/options.ts'
import { Select } from '../../parts/controls.tsx'
import { formatBrief, formatShare, isNumberType } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { choice, text } from '../../state/fields.ts'
import { type Column, formatOf, gridColumn, titleOf } from './columns.tsx'

/** `` stands for what suits the rows. */
const FIELDS = {
  x: text(),
  y: text(),
  split: text(),
  draw: choice(['lines', 'areas', 'bars', 'stacked'], 'lines'),
} as const
const NONE = '-'
const SERIES_MAX = 8
const HEIGHT = 380

const DRAWN = {
  lines: { draw: 'line' },
  areas: { draw: 'area' },
  bars: { draw: 'bars' },
  stacked: { draw: 'bars', stack: 'all' },
} as const

interface ResultChartProps {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

interface Chosen {
  readonly x: Column
  readonly y: Column
  readonly split: Column | undefined
}

const isTime = ({ type }: Column) => type === 'timestamp'
const isNumber = ({ type }: Column) => isNumberType(type)
const isWord = ({ type }: Column) => type === 'text' || type === 'boolean'

/** What suits: time along, the first number upwards, the word that tells rows of one time apart. */
function suits(columns: readonly Column[], rows: readonly Row[]): Chosen | undefined {
  const x = columns.find(isTime) ?? columns.find(isWord) ?? columns[0]
  const y = columns.find((column) => isNumber(column) && column !== x && column.name !== 'version')
  if (!x || !y) return undefined
  const places = new Set(rows.map((row) => row[x.name]))
  const words = columns.filter((column) => isWord(column) && column !== x)
  const several = places.size < rows.length
  return { x, y, split: several ? words.find((column) => isFew(column, rows)) : undefined }
}

const isFew = ({ name }: Column, rows: readonly Row[]): boolean => {
  const values = new Set(rows.map((row) => row[name]))
  return values.size > 1 && values.size <= SERIES_MAX * 4
}

export function ResultChart({ name, columns, rows }: ResultChartProps) {
  const [fields, change] = useFields(FIELDS)
  const suited = useMemo(() => suits(columns, rows), [columns, rows])
  const named = (field: string) => columns.find((column) => column.name === field)
  const x = named(fields.x) ?? suited?.x
  const y = named(fields.y) ?? suited?.y
  const split = fields.split === NONE ? undefined : (named(fields.split) ?? suited?.split)
  if (!x || !y) {
    return (
      <Panel title={name}>
        <Empty height={HEIGHT} title="No number to draw">
          A chart needs a column of numbers beside the one that goes along.
        </Empty>
      </Panel>
    )
  }
  const options = (of: readonly Column[]) =>
    of.map((column) => ({ value: column.name, title: titleOf(column) }))
  return (
    <>
      <div className="chart-choices">
        <span className="chart-choice">
          Along
          <Select
            name="Along"
            onChange={(value) => change({ x: value }, 'replace')}
            options={options(columns.filter(({ type }) => type !== 'list' && type !== 'json'))}
            value={x.name}
          />
        </span>
        <span className="chart-choice">
          Upwards
          <Select
            name="Upwards"
            onChange={(value) => change({ y: value }, 'replace')}
            options={options(columns.filter(isNumber))}
            value={y.name}
          />
        </span>
        <span className="chart-choice">
          Split by
          <Select
            name="Split by"
            onChange={(value) => change({ split: value }, 'replace')}
            options={[{ value: NONE, title: 'nothing' }, ...options(columns.filter(isWord))]}
            value={split?.name ?? NONE}
          />
        </span>
        <span className="chart-choice">
          As
          <Select
            name="As"
            onChange={(value) => change({ draw: value as typeof fields.draw }, 'replace')}
            options={Object.keys(DRAWN).map((value) => ({ value, title: value }))}
            value={fields.draw}
          />
        </span>
      </div>
      <Drawn
        columns={columns}
        draw={fields.draw}
        name={name}
        rows={rows}
        split={split}
        x={x}
        y={y}
      />
    </>
  )
}

interface DrawnProps extends ResultChartProps {
  readonly x: Column
  readonly y: Column
  readonly split: Column | undefined
  readonly draw: keyof typeof DRAWN
}

function Drawn({ name, columns, rows, x, y, split, draw }: DrawnProps) {
  const made = useMemo(() => seriesOf(rows, x, y, split), [rows, x, y, split])
  const option = useMemo(
    () =>
      seriesChart({
        places: made.places.map((place) => formatOf(x, place)),
        series: made.series.map((series) => ({ ...series, ...DRAWN[draw] })),
        format: (value) => formatOf(y, value),
        axisFormat: y.unit === 'share' ? formatShare : formatBrief,
      }),
    [made, x, y, draw],
  )
  const grid = useMemo(() => columns.map(gridColumn), [columns])
  const about = [
    `${titleOf(y)} by ${titleOf(x).toLowerCase()}`,
    ...(made.left_out > 0
      ? [`the ${SERIES_MAX} greatest of ${made.left_out + SERIES_MAX} series`]
      : []),
    ...(made.hidden > 0
      ? [
          `${made.hidden} rows share a place with another, of which the last is drawn: split by more`,
        ]
      : []),
  ]
  return (
    <Chart
      about={about.join('; ')}
      columns={grid}
      height={HEIGHT}
      legend={made.series.length > 1 ? made.series.map((series) => series.name) : []}
      name={name}
      option={option}
      rows={rows}
    />
  )
}

interface Made {
  readonly places: readonly unknown[]
  readonly series: readonly ChartSeries[]
  readonly left_out: number
  /** Rows in whose place another one is drawn. */
  readonly hidden: number
}

function seriesOf(rows: readonly Row[], x: Column, y: Column, split: Column | undefined): Made {
  const places = [...new Set(rows.map((row) => row[x.name]))]
  // Time goes from left to right, however the rows come; words stay as they come.
  if (x.type === 'timestamp' || isNumberType(x.type)) places.sort(inOrder)
  const at = new Map(places.map((place, index) => [place, index]))
  const values = new Map<string, (number | null)[]>()
  let hidden = 0
  for (const row of rows) {
    const name = split ? formatOf(split, row[split.name]) : titleOf(y)
    const own = values.get(name) ?? new Array<number | null>(places.length).fill(null)
    values.set(name, own)
    const place = at.get(row[x.name]) ?? 0
    if (own[place] !== null) hidden += 1
    own[place] = row[y.name] === null ? null : Number(row[y.name])
  }
  const sum = (list: readonly (number | null)[]) =>
    list.reduce<number>((total, value) => total + Math.abs(value ?? 0), 0)
  const greatest = [...values].toSorted(([, one], [, other]) => sum(other) - sum(one))
  return {
    places,
    series: greatest.slice(0, SERIES_MAX).map(([name, list]) => ({ name, values: list })),
    left_out: Math.max(0, greatest.length - SERIES_MAX),
    hidden,
  }
}

function inOrder(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : 1
}
