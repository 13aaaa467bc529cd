/** Chooses the time looked at, and whether it is compared with the time before. */
import { useFields } from '../state/address.ts'
import { type Period, usePeriod } from '../state/period.ts'
import { RANGES, type Range, SHARED } from '../state/shared.ts'
import { Segments } from './controls.tsx'
import { formatDate, formatTime } from './format.ts'
import { Pop } from './pop.tsx'

const TITLES: Readonly<Record<Range, string>> = {
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 d',
  '30d': '30 d',
  '90d': '90 d',
  all: 'All',
  custom: 'Days',
}

const PRESETS = RANGES.filter((range) => range !== 'custom').map((value) => ({
  value,
  title: TITLES[value],
}))

interface PeriodBarProps {
  /** `none` where the view has nothing that could be compared. */
  readonly comparison?: 'offered' | 'none'
}

export function PeriodBar({ comparison = 'offered' }: PeriodBarProps) {
  const [{ range, compare }, change] = useFields(SHARED)
  const period = usePeriod()
  const isCompared = compare === 'previous'
  return (
    <>
      <Segments
        name="Time"
        onChange={(value) => change({ range: value, from: '', to: '' })}
        options={PRESETS}
        value={range as (typeof PRESETS)[number]['value']}
      />
      <Days />
      {comparison === 'offered' && (
        <button
          aria-pressed={isCompared}
          className="button"
          disabled={range === 'all'}
          onClick={() => change({ compare: isCompared ? 'none' : 'previous' })}
          title={comparisonOf(period)}
          type="button"
        >
          vs before
        </button>
      )}
    </>
  )
}

function comparisonOf(period: Period | null): string {
  if (!period?.previous) return 'Compare with the same time before'
  const { from, to } = period.previous
  return `Compared with ${formatTime(from)} to ${formatTime(to)} UTC`
}

/** From one day to another, both included. */
function Days() {
  const [{ range, from, to }, change] = useFields(SHARED)
  const isChosen = range === 'custom'
  const give = (form: FormData) => {
    const [first, last] = [String(form.get('from')), String(form.get('to'))]
    if (first && last) change({ range: 'custom', from: first, to: last })
  }
  return (
    <Pop
      icon="calendar"
      name="Choose days"
      title={isChosen ? `${formatDate(from)} – ${formatDate(to)}` : 'Days'}
    >
      {({ close }) => (
        <form action={give} key={`${from} ${to}`} onSubmit={close}>
          <label className="field">
            From
            <input defaultValue={from} name="from" required type="date" />
          </label>
          <label className="field">
            Until, included
            <input defaultValue={to} name="to" required type="date" />
          </label>
          <button className="button primary" type="submit">
            Show these days
          </button>
        </form>
      )}
    </Pop>
  )
}
