/**
 * What brought the revenue: five models side by side, each adding up to the revenue of the orders.
 */
import { useAnswer } from '../../api/use_answer.ts'
import { Segments, Select } from '../../parts/controls.tsx'
import { FilterBar, useFilters } from '../../parts/filter_bar.tsx'
import { formatWord } from '../../parts/format.ts'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { usePeriod } from '../../state/period.ts'
import { SESSION_COLUMNS } from '../../state/session_columns.ts'
import { AttributionFigures } from './attribution_figures.tsx'
import { Divided } from './divided.tsx'
import { type Attribution, askedOf, BY, type Currency, FIELDS } from './fields.ts'
import { Models } from './models.tsx'
import './attribution.css'

const LOOKBACKS = ['1d', '7d', '14d', '30d', '60d', '90d']
const HALF_LIVES = ['1d', '3d', '7d', '14d', '30d']

export default function AttributionView() {
  const [fields, change] = useFields(FIELDS)
  const where = useFilters(SESSION_COLUMNS)
  const period = usePeriod()
  const asking = useAnswer('/api/attribution', askedOf(fields, where, period?.current ?? null))
  const before = useAnswer('/api/attribution', askedOf(fields, where, period?.previous ?? null))
  const previous = period?.previous && before.state === 'ready' ? before.answer : undefined
  return (
    <>
      <ViewHead about="Which visits brought the revenue?" title="Attribution">
        <PeriodBar />
        <Select
          name="Given to"
          onChange={(by) => change({ by: BY.find((one) => one === by) ?? 'channel' })}
          options={BY.map((value) => ({ value, title: `By ${formatWord(value)}` }))}
          value={fields.by}
        />
        <FilterBar columns={SESSION_COLUMNS} of="First visit" />
      </ViewHead>
      <Looking />
      <Answered asking={asking} height={620}>
        {(told) => {
          const currency = currencyOf(told, fields.currency)
          if (!currency) return <NoOrders />
          const earlier = previous?.currencies.find((one) => one.currency === currency.currency)
          return (
            <>
              <Currencies told={told} value={currency} />
              <AttributionFigures before={earlier} currency={currency} told={told} />
              <Panels>
                <Divided before={earlier} by={told.by} currency={currency} models={told.models} />
                <Models by={told.by} currency={currency} models={told.models} />
              </Panels>
            </>
          )
        }}
      </Answered>
    </>
  )
}

const wordOf = ({ currency }: Currency): string => currency ?? '(none)'

function currencyOf({ currencies }: Attribution, wanted: string): Currency | undefined {
  const found = currencies.find((one) => wordOf(one) === wanted)
  return found ?? currencies.toSorted((one, other) => other.orders - one.orders)[0]
}

function NoOrders() {
  return (
    <Empty height={320} title="No orders in this time">
      Choose a longer time. Orders are purchase events, and what a server tells of orders.
    </Empty>
  )
}

/** Amounts of several are never added up: one is looked at. */
function Currencies({ told, value }: { readonly told: Attribution; readonly value: Currency }) {
  const [, change] = useFields(FIELDS)
  if (told.currencies.length < 2) return null
  return (
    <p className="currencies">
      <Segments
        name="Currency"
        onChange={(currency) => change({ currency })}
        options={told.currencies.map((one) => ({ value: wordOf(one), title: wordOf(one) }))}
        value={wordOf(value)}
      />
      <span className="note">Amounts of several currencies are never added up.</span>
    </p>
  )
}

function Looking() {
  const [{ lookback, half_life, direct }, change] = useFields(FIELDS)
  const options = (known: readonly string[], own: string) =>
    [...new Set([...known, own])].map((value) => ({ value, title: sayDays(value) }))
  return (
    <section aria-label="Which visits" className="way">
      <span className="way-part">
        Visits up to
        <Select
          name="Look-back window"
          onChange={(value) => change({ lookback: value })}
          options={options(LOOKBACKS, lookback)}
          value={lookback}
        />
        before the order,
      </span>
      <span className="way-part">
        <Select
          name="Direct visits"
          onChange={(value) => change({ direct: value === 'ignore' ? 'ignore' : 'keep' })}
          options={[
            { value: 'keep', title: 'direct ones too' },
            { value: 'ignore', title: 'direct ones only where there is no other' },
          ]}
          value={direct}
        />
      </span>
      <span className="way-part">
        “later more” halves every
        <Select
          name="Half-life"
          onChange={(value) => change({ half_life: value })}
          options={options(HALF_LIVES, half_life)}
          value={half_life}
        />
      </span>
    </section>
  )
}

function sayDays(written: string): string {
  const [, days] = /^(\d+)d$/.exec(written) ?? []
  return days ? `${days} day${days === '1' ? '' : 's'}` : written
}
