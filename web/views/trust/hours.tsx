/**
 * The ledger hour by hour: as a chart of all sources, and source by source with cells that open.
 */
import { useMemo, useState } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { Badge } from '../../parts/controls.tsx'
import { formatCount, formatTime, formatTitle, formatWord } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { isKept, type Ledger, type LedgerRow, type Outcome, outcomesOf } from './outcomes.ts'
import { type Cell, Records } from './records.tsx'

type Hour = Readonly<Record<Outcome, number>> & { readonly hour: string; readonly late: number }

export function Hours({ ledger }: { readonly ledger: Ledger }) {
  const [opened, setOpened] = useState<Cell>()
  const outcomes = outcomesOf(ledger.totals)
  return (
    <>
      <HourChart ledger={ledger} outcomes={outcomes} />
      <Panel
        about="By arrival, in UTC. A number opens the records behind it."
        title="By source and hour"
      >
        <Grid
          columns={columnsOf(outcomes, setOpened)}
          empty="Nothing was sent or imported yet."
          keyOf={({ source, hour }) => `${source} ${hour}`}
          name="Ledger by source and hour"
          rows={ledger.rows}
        />
        {ledger.truncated && <p className="note">The newest hours; all are in the API.</p>}
      </Panel>
      {opened && <Records cell={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

interface HourChartProps {
  readonly ledger: Ledger
  readonly outcomes: readonly Outcome[]
}

function HourChart({ ledger, outcomes }: HourChartProps) {
  const hours = useMemo(() => hoursOf(ledger.rows), [ledger.rows])
  const names = outcomes.filter((outcome) => hours.some((hour) => hour[outcome] > 0))
  const words = names.join()
  const option = useMemo(
    () =>
      seriesChart({
        places: hours.map(({ hour }) => formatTime(hour)),
        format: formatCount,
        series: words.split(',').map((name) => ({
          ...({ name: formatWord(name), draw: 'bars', stack: 'outcomes' } as const),
          values: hours.map((hour) => hour[name as Outcome]),
        })),
      }),
    [hours, words],
  )
  const count = (name: Outcome | 'late', title = formatTitle(name)): GridColumn<Hour> => {
    return { name, title, kind: 'count', value: (hour) => hour[name] }
  }
  const columns: readonly GridColumn<Hour>[] = [
    { name: 'hour', title: 'Hour of arrival (UTC)', kind: 'time', value: ({ hour }) => hour },
    ...outcomes.map((outcome) => count(outcome)),
    count('late'),
  ]
  return (
    <Chart
      about="What became of the records of each hour, of all sources"
      columns={columns}
      empty="Nothing was sent or imported yet."
      height={220}
      legend={names.map(formatWord)}
      name="Outcomes by hour"
      option={option}
      rows={hours}
    />
  )
}

/** All sources added up, the oldest hour first. */
function hoursOf(rows: readonly LedgerRow[]): readonly Hour[] {
  const byHour = Map.groupBy(rows, ({ hour }) => hour)
  const names = ['stored', 'duplicate', 'invalid', 'filtered', 'erased', 'lost_to_damage', 'late']
  const sum = (found: readonly LedgerRow[], name: string) =>
    found.reduce((total, row) => total + Number(row[name as Outcome]), 0)
  return [...byHour]
    .map(([hour, found]) => {
      const sums = Object.fromEntries(names.map((name) => [name, sum(found, name)]))
      return { hour, ...sums } as Hour
    })
    .sort((one, other) => (one.hour < other.hour ? -1 : 1))
}

function columnsOf(
  outcomes: readonly Outcome[],
  onOpen: (cell: Cell) => void,
): readonly GridColumn<LedgerRow>[] {
  const ofOutcome = (outcome: Outcome): GridColumn<LedgerRow> => {
    const column = {
      ...({ name: outcome, title: formatTitle(outcome), kind: 'count' } as const),
      value: (row: LedgerRow) => row[outcome],
    }
    if (!isKept(outcome)) return column
    const show = (row: LedgerRow) => {
      const { source, hour, [outcome]: count } = row
      if (count === 0) return '0'
      return (
        <button
          className="link-button number"
          onClick={() => onOpen({ source, hour, outcome, count })}
          type="button"
        >
          {formatCount(count)}
        </button>
      )
    }
    return { ...column, show }
  }
  return [
    { name: 'source', title: 'Source', value: ({ source }) => source },
    { name: 'hour', title: 'Hour (UTC)', kind: 'time', value: ({ hour }) => hour },
    { name: 'received', title: 'Received', kind: 'count', value: ({ received }) => received },
    ...outcomes.map(ofOutcome),
    {
      ...({
        name: 'late',
        title: 'Late',
        kind: 'count',
        value: ({ late }: LedgerRow) => late,
      } as const),
      about: 'of the stored, how many came late; they count all the same',
    },
    {
      name: 'balanced',
      title: 'Balance',
      value: ({ balanced }) => balanced,
      show: ({ balanced }) =>
        balanced ? <Badge kind="good">✓ balances</Badge> : <Badge kind="bad">✗ does not</Badge>,
    },
  ]
}
