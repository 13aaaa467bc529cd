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
/** A series per row of a window: all that names it, together. */
const KEYS = '*'
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
  readonly split: readonly Column[]
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
  const isSeveral = places.size < rows.length
  if (!isSeveral) return { x, y, split: [] }
  const keys = keysOf(columns, x)
  if (keys.length > 0) return { x, y, split: keys }
  const word = columns.find((column) => isWord(column) && column !== x && isFew(column, rows))
  return { x, y, split: word ? [word] : [] }
}

const keysOf = (columns: readonly Column[], x: Column) =>
  columns.filter((column) => column.role === 'key' && column !== x)

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
  if (!x || !y) {
    return (
      <Panel title={name}>
        <Empty height={HEIGHT} title="No number to draw">
          A chart needs a column of numbers beside the one that goes along.
        </Empty>
      </Panel>
    )
  }
  const keys = keysOf(columns, x)
  const split = splitOf(fields.split, columns, keys, suited)
  const options = (of: readonly Column[]) =>
    of.map((column) => ({ value: column.name, title: titleOf(column) }))
  return (
    <>
      <div className="chart-choices">
        <Choice
          name="Along"
          onChange={(value) => change({ x: value }, 'replace')}
          options={options(columns.filter(({ type }) => type !== 'list' && type !== 'json'))}
          value={x.name}
        />
        <Choice
          name="Upwards"
          onChange={(value) => change({ y: value }, 'replace')}
          options={options(columns.filter(isNumber))}
          value={y.name}
        />
        <Choice
          name="Split by"
          onChange={(value) => change({ split: value }, 'replace')}
          options={[
            { value: NONE, title: 'nothing' },
            ...(keys.length > 1 ? [{ value: KEYS, title: keyWords(keys) }] : []),
            ...options(columns.filter((column) => isWord(column) && column !== x)),
          ]}
          value={split.length > 1 ? KEYS : (split[0]?.name ?? NONE)}
        />
        <Choice
          name="As"
          onChange={(value) => change({ draw: value as typeof fields.draw }, 'replace')}
          options={Object.keys(DRAWN).map((value) => ({ value, title: value }))}
          value={fields.draw}
        />
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

interface ChoiceProps {
  readonly name: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly title: string }[]
  readonly onChange: (value: string) => void
}

function Choice(props: ChoiceProps) {
  return (
    <span className="chart-choice">
      {props.name}
      <Select {...props} />
    </span>
  )
}

const keyWords = (keys: readonly Column[]) => keys.map(titleOf).join(' and ').toLowerCase()

function splitOf(
  chosen: string,
  columns: readonly Column[],
  keys: readonly Column[],
  suited: Chosen | undefined,
): readonly Column[] {
  if (chosen === NONE) return []
  if (chosen === KEYS && keys.length > 0) return keys
  const named = columns.find((column) => column.name === chosen)
  return named ? [named] : (suited?.split ?? [])
}

interface DrawnProps extends ResultChartProps {
  readonly x: Column
  readonly y: Column
  readonly split: readonly Column[]
  readonly draw: keyof typeof DRAWN
}

function Drawn({ name, columns, rows, x, y, split, draw }: DrawnProps) {
  const names = split.map(({ name: column }) => column).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say which columns split it
  const made = useMemo(() => seriesOf(rows, x, y, split), [rows, x, y, names])
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

function seriesOf(rows: readonly Row[], x: Column, y: Column, split: readonly Column[]): Made {
  const places = [...new Set(rows.map((row) => row[x.name]))]
  // Time goes from left to right, however the rows come; words stay as they come.
  if (x.type === 'timestamp' || isNumberType(x.type)) places.sort(inOrder)
  const at = new Map(places.map((place, index) => [place, index]))
  const values = new Map<string, (number | null)[]>()
  let hidden = 0
  for (const row of rows) {
    const names = split.map((column) =>
      row[column.name] === null ? 'none' : formatOf(column, row[column.name]),
    )
    const name = names.length > 0 ? names.join(' · ') : titleOf(y)
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
