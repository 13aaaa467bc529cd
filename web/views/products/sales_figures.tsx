/** Revenue, units, views and what was bought per view in a time, and how they moved. */
import { Figure, Figures } from '../../parts/figure.tsx'
import { formatCount, formatMoney, formatSeveral, formatShare } from '../../parts/format.ts'
import { Answered } from '../../parts/states.tsx'
import type { SalesAsking } from './answers.ts'

const AGAINST = 'vs before'

export function SalesFigures({ now, before: past }: SalesAsking) {
  const before = past?.total
  const against = (one: number | string, other: number | string | undefined) =>
    other === undefined
      ? {}
      : { change: { now: Number(one), before: Number(other), against: AGAINST } }
  // What is wrong is said where the chart would be.
  if (now.state === 'refused') return null
  return (
    <Answered asking={now} height={142}>
      {({ total, rows, currency }) => {
        const perView = (sum: { readonly views: number; readonly sales: number } | undefined) =>
          sum && (sum.views === 0 ? 0 : sum.sales / sum.views)
        const trend = (of: (row: (typeof rows)[number]) => number) => rows.map(of)
        return (
          <Figures>
            <Figure
              {...against(total.revenue, before?.revenue)}
              name="Revenue"
              trend={trend(({ revenue }) => Number(revenue))}
              value={formatMoney(total.revenue, currency)}
            />
            <Figure
              {...against(total.units, before?.units)}
              name="Units sold"
              trend={trend(({ units }) => units)}
              value={formatCount(total.units)}
            />
            <Figure
              {...against(total.views, before?.views)}
              name="Product views"
              trend={trend(({ views }) => views)}
              value={formatCount(total.views)}
            />
            <Figure
              {...against(perView(total) ?? 0, perView(before))}
              about={formatSeveral(total.sales, 'sale')}
              name="Bought per view"
              trend={trend((row) => perView(row) ?? 0)}
              value={formatShare(total.views === 0 ? null : perView(total))}
            />
          </Figures>
        )
      }}
    </Answered>
  )
}
