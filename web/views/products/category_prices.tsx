/** What categories cost, against the mean of the whole market. */
import { useMemo } from 'react'
import type { Asking } from '../../api/use_answer.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { formatChange, formatCount, formatMoney } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Answered } from '../../parts/states.tsx'
import type { Categories } from './answers.ts'
import { shortCategory } from './asked.ts'

type Category = Categories['categories'][number]

/** What fits; the table behind has all. */
const BARS_MAX = 14
const BAR_HEIGHT = 30

interface CategoryPricesProps {
  readonly categories: Asking<Categories>
}

export function CategoryPrices({ categories }: CategoryPricesProps) {
  return (
    <Answered asking={categories} height={420}>
      {(answer) => <Drawn answer={answer} />}
    </Answered>
  )
}

const nameOf = ({ category }: Category): string => category ?? 'without a category'
/** The last level alone, unless two would be called alike: the whole name needs half a phone. */
function shortNames(names: readonly string[]): readonly string[] {
  const short = names.map(shortCategory)
  const isTwice = (name: string) => short.filter((other) => other === name).length > 1
  return names.map((name, at) => (isTwice(short[at] ?? '') ? name : (short[at] ?? name)))
}

const amount = (value: number | string | null) => formatMoney(value)

const COLUMNS: readonly GridColumn<Category>[] = [
  { name: 'category', title: 'Category', value: nameOf },
  { name: 'price_avg', title: 'Mean price', kind: 'money', value: ({ price_avg }) => price_avg },
  { name: 'price_min', title: 'Lowest', kind: 'money', value: ({ price_min }) => price_min },
  { name: 'price_max', title: 'Highest', kind: 'money', value: ({ price_max }) => price_max },
  {
    ...{ name: 'price_to_market', title: 'Against the market', kind: 'number' },
    value: ({ price_to_market }) => price_to_market,
    show: ({ price_to_market }) => againstMarket(price_to_market),
  },
  { name: 'prices', title: 'Prices told', kind: 'count', value: ({ prices }) => prices },
  { name: 'products', title: 'Products', kind: 'count', value: ({ products }) => products },
  { name: 'units', title: 'Units sold', kind: 'count', value: ({ units }) => units },
  { name: 'revenue', title: 'Revenue', kind: 'money', value: ({ revenue }) => revenue },
]

const againstMarket = (ratio: number | null) => formatChange(ratio === null ? null : ratio - 1)

function Drawn({ answer }: { readonly answer: Categories }) {
  const { categories, market } = answer
  const priced = useMemo(
    () =>
      categories
        .filter(({ price_to_market }) => price_to_market !== null)
        .slice(0, BARS_MAX)
        .toSorted((one, other) => Number(other.price_to_market) - Number(one.price_to_market)),
    [categories],
  )
  const option = useMemo(
    () =>
      seriesChart({
        places: shortNames(priced.map(nameOf)),
        direction: 'down',
        series: [
          {
            ...{ name: 'Against the market', draw: 'bars' },
            values: priced.map(({ price_to_market }) => Number(price_to_market) - 1),
          },
        ],
        format: formatChange,
        axisFormat: formatChange,
      }),
    [priced],
  )
  const about =
    market.price_avg === null
      ? 'No event told a price in this time.'
      : `Mean price of each category against the market: ${amount(market.price_avg)}, ` +
        `the mean of ${formatCount(market.prices)} prices.`
  return (
    <Chart
      about={about}
      columns={COLUMNS}
      height={Math.max(180, priced.length * BAR_HEIGHT + 40)}
      name="Prices by category"
      option={option}
      rows={categories}
    />
  )
}
