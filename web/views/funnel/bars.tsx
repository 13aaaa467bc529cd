/** The funnel itself: a bar per step, and between two of them who went on and who left. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { Badge } from '../../parts/controls.tsx'
import { formatChange, formatCount, formatDuration, formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { sayStep } from '../../parts/step_words.ts'
import { type Funnel, type FunnelStep, requiredOf, unitsOf } from './fields.ts'

interface BarsProps {
  readonly funnel: Funnel
  readonly previous: Funnel | undefined
}

interface Line extends FunnelStep {
  readonly title: string
  readonly before: FunnelStep | undefined
  readonly median_s: number | null
}

const titleOf = ({ event_type, filter }: FunnelStep): string =>
  sayStep(filter === null ? event_type : `${event_type}:${filter}`)

function linesOf(funnel: Funnel, previous: Funnel | undefined): readonly Line[] {
  const times = new Map(funnel.time_to_convert?.steps.map((each) => [each.step, each.median_s]))
  return funnel.steps.map((step, at) => ({
    ...step,
    title: titleOf(step),
    before: previous?.steps[at],
    median_s: times.get(step.step) ?? null,
  }))
}

function columnsOf(compared: boolean): readonly GridColumn<Line>[] {
  const people = (line: Line, path: string, count: number, about: string) =>
    count === 0 ? (
      '0'
    ) : (
      <PeopleLink about={`${about} ${line.title}`} path={path}>
        {formatCount(count)}
      </PeopleLink>
    )
  return [
    { name: 'step', title: 'Step', kind: 'count', value: ({ step }) => step },
    { name: 'event', title: 'What', value: ({ title }) => title },
    {
      ...({ name: 'reached', title: 'Reached', kind: 'count' } as const),
      value: ({ count }) => count,
      show: (line) => people(line, line.people, line.count, 'reached'),
    },
    {
      ...({ name: 'of_previous', title: 'Of the step before', kind: 'share' } as const),
      value: ({ rate_from_previous }) => rate_from_previous,
    },
    {
      ...({ name: 'of_first', title: 'Of the first', kind: 'share' } as const),
      value: ({ rate_from_first }) => rate_from_first,
    },
    {
      ...({ name: 'left', title: 'Left', kind: 'count' } as const),
      value: ({ dropped }) => dropped,
      show: (line) => people(line, line.people_dropped, line.dropped, 'came no further than'),
    },
    { name: 'with_step', title: 'Did it at all', kind: 'count', value: (line) => line.with_step },
    { name: 'median_s', title: 'Median time', kind: 'duration', value: (line) => line.median_s },
    ...(compared
      ? [
          {
            ...({ name: 'reached_before', title: 'Reached before', kind: 'count' } as const),
            value: ({ before }: Line) => before?.count,
          },
        ]
      : []),
  ]
}

export function Bars({ funnel, previous }: BarsProps) {
  const lines = useMemo(() => linesOf(funnel, previous), [funnel, previous])
  const columns = useMemo(() => columnsOf(previous !== undefined), [previous])
  const option = useMemo(
    () =>
      seriesChart({
        places: lines.map(({ title }) => title),
        format: formatCount,
        direction: 'down',
        series: [{ name: 'Reached', draw: 'bars', values: lines.map(({ count }) => count) }],
      }),
    [lines],
  )
  return (
    <Chart
      about={
        <>
          {formatCount(funnel.units)} {unitsOf(funnel)}. Every number opens the people behind it.
        </>
      }
      columns={columns}
      drawn={<Drawn funnel={funnel} lines={lines} />}
      height={Math.max(240, lines.length * 64)}
      name="Step by step"
      option={option}
      rows={funnel.units === 0 ? [] : lines}
      span={2}
    />
  )
}

function Drawn({ funnel, lines }: { readonly funnel: Funnel; readonly lines: readonly Line[] }) {
  const required = requiredOf(funnel.steps)
  const most = funnel.biggest_drop?.people
  const first = required[0]?.count ?? 0
  return (
    <ol className="funnel-bars">
      {lines.map((line, at) => (
        <li data-need={line.optional ? 'optional' : 'required'} key={`${line.step} ${line.title}`}>
          <Bar first={first} line={line} />
          {line !== lines.at(-1) && !line.optional && (
            <Between isMost={line.people_dropped === most} line={line} next={nextOf(lines, at)} />
          )}
        </li>
      ))}
    </ol>
  )
}

const nextOf = (lines: readonly Line[], at: number): Line | undefined =>
  lines.slice(at + 1).find(({ optional }) => !optional)

function Bar({ line, first }: { readonly line: Line; readonly first: number }) {
  const { step, title, count, optional, rate_from_first, before, people } = line
  const width = (of: number) => ({
    width: `${first === 0 ? 0 : Math.min(100, (of / first) * 100)}%`,
  })
  return (
    <>
      <div className="funnel-head">
        <span className="funnel-number number">{step}</span>
        <strong className="funnel-title">{title}</strong>
        {optional && <Badge>optional</Badge>}
        <span className="funnel-count number">
          {before && before.count > 0 && (
            <span className="note">
              {formatChange((count - before.count) / before.count)} vs before
            </span>
          )}
          <PeopleLink about={`reached ${title}`} path={people}>
            {formatCount(count)}
          </PeopleLink>
          <span className="funnel-rate">{formatShare(rate_from_first)}</span>
        </span>
      </div>
      <div className="funnel-track">{count > 0 && <span style={width(count)} />}</div>
      {before && (
        <div className="funnel-track before" title={`Before: ${formatCount(before.count)}`}>
          {before.count > 0 && <span style={width(before.count)} />}
        </div>
      )}
    </>
  )
}

interface BetweenProps {
  readonly line: Line
  readonly next: Line | undefined
  readonly isMost: boolean
}

/** Nobody can leave after the last step that is required. */
function Between({ line, next, isMost }: BetweenProps) {
  if (!next) return null
  const { count, dropped, title, people_dropped } = line
  return (
    <p className="funnel-between" data-kind={isMost ? 'most' : 'plain'}>
      <span className="number">
        ↓ {formatShare(next.rate_from_previous)} went on
        {next.median_s !== null && (
          <span className="note"> in {formatDuration(next.median_s)}</span>
        )}
      </span>
      <span className="funnel-left">
        {dropped === 0 ? (
          <span className="note">nobody left</span>
        ) : (
          <PeopleLink about={`reached ${title} and not ${next.title}`} path={people_dropped}>
            {`${formatCount(dropped)} left (${formatShare(count === 0 ? null : dropped / count)})`}
          </PeopleLink>
        )}
      </span>
    </p>
  )
}
