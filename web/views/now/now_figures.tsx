/** The five figures, each with its last hour as a line and how it differs from the hour before. */
import type { Figures as Told } from '../../api/figures.ts'
import { Figure, Figures } from '../../parts/figure.tsx'
import {
  formatBrief,
  formatCount,
  formatMoney,
  formatRate,
  formatShare,
  NOTHING,
} from '../../parts/format.ts'
import { type Minute, minutesOf } from './minutes.ts'

const AGAINST = 'vs hour before'

/** A shop that is new has no hour before; one that slept has one with nothing in it. */
const noneOf = (before: Told['before'], what: string): string =>
  before.events === 0 ? 'no hour before yet' : `no ${what} the hour before`

export function NowFigures({ figures }: { readonly figures: Told }) {
  // The currency that earned most stands in front.
  const [first, ...others] = figures.revenue
  const minutes = minutesOf(figures, first?.currency ?? null)
  const trend = (of: (minute: Minute) => number) => minutes.map(of)
  const orders = (of: 'orders_1h' | 'orders_hour_before' | 'orders_today') =>
    figures.revenue.reduce((sum, row) => sum + row[of], 0)
  const { before, visitors_1h, buyers_1h, conversion_1h } = figures
  const conversionBefore = before.visitors === 0 ? 0 : before.buyers / before.visitors
  const ofBuyers = { against: AGAINST, none: noneOf(before, 'buyers') }
  return (
    <Figures>
      <Figure
        about="taken in the last 10 s"
        name="Events per second"
        trend={trend(({ events }) => events)}
        value={formatRate(figures.records_per_second)}
      />
      <Figure
        about={`in 5 min; ${formatCount(visitors_1h)} in the hour`}
        name="Active shoppers"
        trend={trend(({ visitors }) => visitors)}
        value={formatCount(figures.visitors_5m)}
      />
      <Figure
        about={othersOf(first?.today, others)}
        change={{
          now: Number(first?.last_hour ?? 0),
          before: Number(first?.hour_before ?? 0),
          against: AGAINST,
          none: noneOf(before, 'revenue'),
        }}
        name="Revenue, last hour"
        trend={trend(({ revenue }) => revenue)}
        value={first ? formatMoney(first.last_hour, first.currency) : NOTHING}
      />
      <Figure
        about={`${formatCount(orders('orders_today'))} today`}
        change={{
          now: orders('orders_1h'),
          before: orders('orders_hour_before'),
          against: AGAINST,
          none: noneOf(before, 'orders'),
        }}
        name="Orders, last hour"
        trend={trend((minute) => minute.orders)}
        value={formatCount(orders('orders_1h'))}
      />
      <Figure
        about={`${formatBrief(buyers_1h)} of ${formatBrief(visitors_1h)} bought`}
        {...(conversion_1h === null
          ? {}
          : { change: { now: conversion_1h, before: conversionBefore, ...ofBuyers } })}
        name="Conversion"
        trend={trend(({ buyers, visitors }) => (visitors === 0 ? 0 : buyers / visitors))}
        value={formatShare(conversion_1h)}
      />
    </Figures>
  )
}

function othersOf(
  today: number | string | undefined,
  others: readonly { readonly currency: string | null; readonly last_hour: number | string }[],
): string {
  if (today === undefined) return 'no order yet'
  const more = others.filter(({ last_hour }) => Number(last_hour) !== 0)
  return more
    .map(
      ({ currency, last_hour }) => `+ ${formatMoney(last_hour, currency ?? 'of unknown currency')}`,
    )
    .join(' ')
}
