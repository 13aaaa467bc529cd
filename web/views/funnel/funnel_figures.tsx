/** The funnel in five numbers, and in one sentence where most are lost. */
import { Figure, Figures } from '../../parts/figure.tsx'
import { formatCount, formatDuration, formatShare } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { sayStep } from '../../parts/step_words.ts'
import { type Funnel, requiredOf, unitsOf } from './fields.ts'

const AGAINST = 'vs before'

interface FunnelFiguresProps {
  readonly funnel: Funnel
  readonly previous: Funnel | undefined
}

export function FunnelFigures({ funnel, previous }: FunnelFiguresProps) {
  const units = unitsOf(funnel)
  const ends = (of: Funnel) => {
    const required = requiredOf(of.steps)
    return { first: required[0]?.count ?? 0, last: required.at(-1)?.count ?? 0 }
  }
  const now = ends(funnel)
  const then = previous && ends(previous)
  const change = (current: number, before: number | undefined) =>
    before === undefined ? {} : { change: { now: current, before, against: AGAINST } }
  const times = funnel.time_to_convert?.first_to_last
  return (
    <>
      <Figures>
        <Figure
          about="with or without a step"
          name={funnel.scope === 'person' ? 'People' : 'Sessions'}
          value={formatCount(funnel.units)}
          {...change(funnel.units, previous?.units)}
        />
        <Figure
          about={units}
          name="Began"
          value={formatCount(now.first)}
          {...change(now.first, then?.first)}
        />
        <Figure
          about={units}
          name="Went all the way"
          value={formatCount(now.last)}
          {...change(now.last, then?.last)}
        />
        <Figure
          about="of those who began"
          name="Conversion"
          value={formatShare(funnel.conversion_rate)}
          {...change(funnel.conversion_rate ?? 0, previous && (previous.conversion_rate ?? 0))}
        />
        <Figure
          about={times?.p90_s ? `nine of ten within ${formatDuration(times.p90_s)}` : ''}
          name="Half take less than"
          value={formatDuration(times?.median_s)}
        />
      </Figures>
      <BiggestDrop funnel={funnel} />
    </>
  )
}

/** Always one line of words, so that what is below keeps its place. */
function BiggestDrop({ funnel }: { readonly funnel: Funnel }) {
  const { biggest_drop: drop } = funnel
  const units = unitsOf(funnel)
  const began = requiredOf(funnel.steps)[0]?.count ?? 0
  if (!drop) {
    return (
      <p className="headline" role="status">
        <Icon name="check" />
        <span>
          {began === 0
            ? `No ${units} reached the first step in this time.`
            : 'Nobody was lost on the way.'}
        </span>
      </p>
    )
  }
  const [from, to] = [sayStep(drop.from), sayStep(drop.to)]
  return (
    <p className="headline" role="status">
      <Icon name="alert" />
      <span>
        Most are lost between <strong>{from}</strong> and <strong>{to}</strong>:{' '}
        <strong className="number">{formatCount(drop.lost)}</strong> {units},{' '}
        {formatShare(drop.rate)} of those that got so far.{' '}
        <PeopleLink about={`reached ${from} and not ${to}`} path={drop.people}>
          See who left
        </PeopleLink>
      </span>
    </p>
  )
}
