/**
 * Cohorts below one another, periods side by side: the deeper a cell, the more were back. Each cell
 * opens its people; arrow keys move from cell to cell.
 */
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { formatCount, formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { People, PeopleLink } from '../../parts/people.tsx'
import type { Cell, Cohort, Retention } from './fields.ts'
import { heatOption, sayCohort } from './heat_option.ts'

/** How many depths of colour retention.css has. */
const LEVELS = 9

export function HeatMap({ retention }: { readonly retention: Retention }) {
  const { cohorts, period } = retention
  const option = useMemo(() => heatOption(retention), [retention])
  const columns = useMemo(() => columnsOf(retention), [retention])
  return (
    <Chart
      about={
        <>
          A row: those who began in one {period}. A column: so many {period}s later. Dashed cells
          are of {period}s that are not over.
        </>
      }
      columns={columns}
      drawn={<Cells retention={retention} />}
      height={Math.max(260, cohorts.length * 34 + 60)}
      kinds={['heatmap']}
      name="Cohorts"
      option={option}
      rows={cohorts}
    />
  )
}

interface Opened {
  readonly path: string
  readonly about: string
}

function Cells({ retention }: { readonly retention: Retention }) {
  const { cohorts, period, kind } = retention
  const [opened, setOpened] = useState<Opened>()
  const [current, setCurrent] = useState('0 0')
  const table = useRef<HTMLTableElement>(null)
  const width = Math.max(...cohorts.map(({ cells }) => cells.length))
  // A cohort's own period is all of it mostly, and would make everything else pale.
  const highest = Math.max(...cohorts.flatMap(({ cells }) => cells.slice(1).map(rateOf)), 0.01)
  const move = (event: KeyboardEvent) => {
    const to = nextOf(event.key, current)
    const found = to && table.current?.querySelector<HTMLElement>(`[data-cell="${to}"]`)
    if (!found) return
    event.preventDefault()
    setCurrent(to)
    found.focus()
  }
  const open = (cohort: Cohort, cell: Cell) => {
    const when =
      cell.period === 0
        ? 'in it'
        : `${kind === 'rolling' ? 'at least ' : ''}${cell.period} ${period}s later`
    setOpened({ path: cell.people, about: `began ${sayCohort(cohort, period)}, there ${when}` })
  }
  return (
    <div className="heat">
      <table onKeyDown={move} ref={table}>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th className="number" scope="col">
              People
            </th>
            {Array.from({ length: width }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is what the column is
              <th className="number" key={at} scope="col">
                {at === 0 ? 'then' : `+${at}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort, row) => (
            <tr key={cohort.cohort}>
              <th scope="row">{sayCohort(cohort, period)}</th>
              <td className="number">
                <PeopleLink about={`began ${sayCohort(cohort, period)}`} path={cohort.people}>
                  {formatCount(cohort.persons)}
                </PeopleLink>
              </td>
              {cohort.cells.map((cell) => (
                <td key={cell.period}>
                  <HeatCell
                    cell={cell}
                    cohort={cohort}
                    level={levelOf(cell, highest)}
                    onFocus={setCurrent}
                    onOpen={open}
                    place={`${row} ${cell.period}`}
                    reached={current === `${row} ${cell.period}`}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {opened && <People {...opened} onClose={() => setOpened(undefined)} />}
    </div>
  )
}

interface HeatCellProps {
  readonly cell: Cell
  readonly cohort: Cohort
  readonly level: number
  /** Its row and column. */
  readonly place: string
  /** Whether it is the one that Tab comes to. */
  readonly reached: boolean
  readonly onFocus: (place: string) => void
  readonly onOpen: (cohort: Cohort, cell: Cell) => void
}

function HeatCell({ cell, cohort, level, place, reached, onFocus, onOpen }: HeatCellProps) {
  const many = `${formatCount(cell.persons)} of ${formatCount(cohort.persons)}`
  return (
    <button
      className="heat-cell number"
      data-cell={place}
      data-incomplete={cell.incomplete}
      data-level={level}
      onClick={() => onOpen(cohort, cell)}
      onFocus={() => onFocus(place)}
      tabIndex={reached ? 0 : -1}
      title={cell.incomplete ? `${many}, not over yet` : many}
      type="button"
    >
      {formatShare(cell.rate)}
    </button>
  )
}

const rateOf = ({ rate }: Cell): number => rate ?? 0

const levelOf = ({ rate }: Cell, highest: number): number =>
  Math.round(Math.min(1, (rate ?? 0) / highest) * LEVELS)

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

function nextOf(key: string, current: string): string | undefined {
  const [down, right] = MOVES[key] ?? []
  if (down === undefined || right === undefined) return undefined
  const [row = 0, column = 0] = current.split(' ').map(Number)
  return `${row + down} ${column + right}`
}

function columnsOf({ cohorts, period }: Retention): readonly GridColumn<Cohort>[] {
  const width = Math.max(0, ...cohorts.map(({ cells }) => cells.length))
  const cells = Array.from({ length: width }, (_, at): GridColumn<Cohort> => {
    return {
      ...{ name: `after_${at}`, title: at === 0 ? 'then' : `+${at}`, kind: 'count' },
      about: `back after ${at} ${period}s`,
      value: (cohort) => cohort.cells[at]?.persons,
    }
  })
  return [
    { name: 'cohort', title: 'Began', value: ({ cohort }) => cohort },
    { name: 'persons', title: 'People', kind: 'count', value: ({ persons }) => persons },
    {
      ...({ name: 'repeat_rate', title: 'More than once', kind: 'share' } as const),
      value: ({ repeat_rate }) => repeat_rate,
    },
    ...cells,
  ]
}
