/** The most frequent whole journeys, all others counted together below them. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { Segments } from '../../parts/controls.tsx'
import { formatCount, formatDuration, formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { useFields } from '../../state/address.ts'
import { FIELDS, type Journeys, sayStepOf } from './fields.ts'
import '../../parts/bar_list.css'

type Journey = Journeys['journeys'][number]

interface Line extends Journey {
  readonly steps: readonly string[]
  readonly shareBefore: number | null | undefined
}

interface TopJourneysProps {
  readonly journeys: Journeys
  readonly before: Journeys | undefined
}

const OUTCOMES = [
  { value: 'all', title: 'All' },
  { value: 'converted', title: 'Bought' },
  { value: 'left', title: 'Did not buy' },
] as const

const keyOf = ({ nodes, goes_on }: Journey): string => JSON.stringify([nodes, goes_on])
const sayLine = ({ steps, goes_on }: Line): string =>
  [...steps, ...(goes_on ? ['…'] : [])].join(' → ') || 'no step'

export function TopJourneys({ journeys, before }: TopJourneysProps) {
  const [{ outcome }, change] = useFields(FIELDS)
  const { sessions, journeys_total, by = 'event_type' } = journeys
  const lines = useMemo(() => {
    const earlier = new Map(before?.journeys.map((each) => [keyOf(each), each.share]))
    return journeys.journeys.map((each) => ({
      ...each,
      steps: each.nodes.map((node) => sayStepOf(by, node)),
      shareBefore: earlier.get(keyOf(each)),
    }))
  }, [journeys, before, by])
  const columns = useMemo(() => columnsOf(before !== undefined), [before])
  const option = useMemo(
    () =>
      seriesChart({
        places: lines.map(sayLine),
        format: formatCount,
        direction: 'down',
        series: [{ name: 'Sessions', draw: 'bars', values: lines.map((line) => line.sessions) }],
      }),
    [lines],
  )
  return (
    <Chart
      about={`${formatCount(sessions)} sessions went ${formatCount(journeys_total)} different ways`}
      columns={columns}
      controls={
        <Segments
          name="Which"
          onChange={(value) => change({ outcome: value })}
          options={OUTCOMES}
          value={outcome}
        />
      }
      drawn={<Drawn journeys={journeys} lines={lines} />}
      height={Math.max(260, lines.length * 44)}
      name="Top journeys"
      option={option}
      rows={lines}
    />
  )
}

interface DrawnProps {
  readonly journeys: Journeys
  readonly lines: readonly Line[]
}

function Drawn({ lines, journeys: { other } }: DrawnProps) {
  const most = Math.max(...lines.map(({ sessions }) => sessions), 1)
  return (
    <ol className="journeys">
      {lines.map((line) => (
        <li key={keyOf(line)}>
          <div className="journey-way">
            {line.steps.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a journey comes by a step again
              <span className="journey-step" key={at}>
                {step}
              </span>
            ))}
            {line.goes_on && <span className="journey-step more">goes on</span>}
            {line.steps.length === 0 && <span className="note">no step of this kind</span>}
          </div>
          <div className="journey-figures number">
            <strong>
              <PeopleLink about={`went ${sayLine(line)}`} path={line.people}>
                {formatCount(line.sessions)}
              </PeopleLink>
            </strong>
            <span>{formatShare(line.share)}</span>
            <span className="note">{noteOf(line)}</span>
          </div>
          <span className="bar-track">
            <span style={{ width: `${(line.sessions / most) * 100}%` }} />
          </span>
        </li>
      ))}
      {other.journeys > 0 && (
        <li className="note">
          {formatCount(other.journeys)} other ways: {formatCount(other.sessions)} sessions,{' '}
          {formatShare(other.share)}
        </li>
      )}
    </ol>
  )
}

function noteOf({ conversion_rate, duration_s_median, shareBefore }: Line): string {
  return [
    shareBefore === undefined ? '' : `before ${formatShare(shareBefore)}`,
    conversion_rate ? `${formatShare(conversion_rate)} bought` : 'none bought',
    duration_s_median ? `half within ${formatDuration(duration_s_median)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function columnsOf(compared: boolean): readonly GridColumn<Line>[] {
  return [
    { name: 'journey', title: 'Journey', value: sayLine },
    {
      ...({ name: 'sessions', title: 'Sessions', kind: 'count' } as const),
      value: ({ sessions }) => sessions,
      show: (line) => (
        <PeopleLink about={`went ${sayLine(line)}`} path={line.people}>
          {formatCount(line.sessions)}
        </PeopleLink>
      ),
    },
    { name: 'share', title: 'Of all', kind: 'share', value: ({ share }) => share },
    ...(compared
      ? [
          {
            ...({ name: 'share_before', title: 'Of all, before', kind: 'share' } as const),
            value: ({ shareBefore }: Line) => shareBefore,
          },
        ]
      : []),
    {
      ...({ name: 'converted', title: 'Bought', kind: 'count' } as const),
      value: ({ converted_sessions }) => converted_sessions,
    },
    {
      ...({ name: 'conversion', title: 'Conversion', kind: 'share' } as const),
      value: ({ conversion_rate }) => conversion_rate,
    },
    {
      ...({ name: 'duration_s_median', title: 'Median length', kind: 'duration' } as const),
      value: ({ duration_s_median }) => duration_s_median,
    },
  ]
}
