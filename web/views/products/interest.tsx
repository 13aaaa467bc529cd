/** Every product by how many see it and how many buy: what stands low and right is lost. */
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import type { Asking } from '../../api/use_answer.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { tooltipOf } from '../../parts/chart/tooltip.ts'
import { formatBrief, formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import { Answered } from '../../parts/states.tsx'
import { pathOf, useAddress, useAddressBook, withQuery } from '../../state/address.ts'
import { sharedOf } from '../../state/shared.ts'
import { type Product, type ProductsAnswer, VIEWED_MAX } from './answers.ts'
import { productColumns } from './columns.tsx'
import { nameOf } from './product_link.tsx'

const HEIGHT = 320
interface InterestProps {
  readonly viewed: Asking<ProductsAnswer>
}

export function Interest({ viewed }: InterestProps) {
  return (
    <Answered asking={viewed} height={HEIGHT + 70}>
      {(answer) => <Drawn answer={answer} />}
    </Answered>
  )
}

function Drawn({ answer }: { readonly answer: ProductsAnswer }) {
  const book = useAddressBook()
  const { query } = useAddress()
  const { products, currency, truncated } = answer
  const seen = useMemo(() => products.filter(({ views }) => views > 0), [products])
  const option = useMemo(() => scatterOption(seen, answer), [seen, answer])
  const columns = useMemo(() => productColumns(currency), [currency])
  const open = (product: Product | undefined) => {
    if (product) book.go(withQuery(pathOf('products', [product.product_id]), sharedOf(query)))
  }
  const which = truncated ? `the ${VIEWED_MAX} most viewed` : `${seen.length}`
  return (
    <Chart
      about={`Each point is a product (${which}): right is seen often, low is seldom bought.`}
      columns={columns}
      height={HEIGHT}
      legend={['Products', 'Many see, few buy']}
      name="Interest and purchases"
      onPick={({ data }) => {
        const [, , id] = (data as { readonly value: readonly unknown[] }).value
        open(seen.find(({ product_id }) => product_id === id))
      }}
      option={option}
      rows={seen}
    />
  )
}

/** Tricky: the axis of views is logarithmic, since few products draw most of them. */
function scatterOption(products: readonly Product[], answer: ProductsAnswer): EChartsCoreOption {
  const byId = new Map(products.map((product) => [product.product_id, product]))
  const series = (name: string, isFlagged: boolean) => ({
    ...{ name, type: 'scatter', symbolSize: 11, itemStyle: { opacity: 0.75 } },
    data: products
      .filter((product) => product.high_interest_low_conversion === isFlagged)
      .map(({ product_id, views, view_to_purchase }) => ({
        name: product_id,
        value: [views, view_to_purchase ?? 0, product_id],
      })),
  })
  const formatter = (pointed: unknown) => {
    const { data, color } = pointed as { readonly data: { name: string }; readonly color: string }
    const product = byId.get(data.name)
    if (!product) return ''
    return tooltipOf(nameOf(product), [
      { name: 'Views', value: formatCount(product.views), colour: color },
      { name: 'Purchases', value: formatCount(product.purchases) },
      { name: 'Bought per view', value: formatShare(product.view_to_purchase) },
      { name: 'Revenue', value: formatMoney(product.revenue, answer.currency) },
    ])
  }
  return {
    grid: { left: 4, right: 18, top: 28, bottom: 24, outerBoundsMode: 'same' },
    xAxis: {
      ...{ type: 'log', logBase: 10, name: 'Views', nameLocation: 'middle', nameGap: 26 },
      min: 10 ** Math.floor(Math.log10(Math.min(...products.map(({ views }) => views)))),
      axisLabel: { formatter: (value: number) => formatBrief(value) },
    },
    yAxis: {
      ...{ type: 'value', min: 0, name: 'Bought per view', nameLocation: 'end' },
      nameTextStyle: { align: 'left' },
      axisLabel: { formatter: (value: number) => formatShare(value) },
    },
    tooltip: { trigger: 'item', formatter },
    series: [series('Products', false), series('Many see, few buy', true)],
  }
}
