/** One product: its figures, its sales over time, and who saw, carted, bought or left it. */
import { useAnswer } from '../../api/use_answer.ts'
import { formatCount, formatMoney, formatSeveral, formatShare } from '../../parts/format.ts'
import { Panel, Panels, ViewHead } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import { type Product, useSales } from './answers.ts'
import { type AskedTimes, useProductsAsked } from './asked.ts'
import { nameOf } from './product_link.tsx'
import { SalesChart } from './sales_chart.tsx'
import { SalesFigures } from './sales_figures.tsx'
import './products.css'

export function OneProduct({ id }: { readonly id: string }) {
  const asked = useProductsAsked()
  const sales = useSales(
    asked && { ...asked, now: spanOf(asked), before: asked.period.previous },
    id,
  )
  const asking = useAnswer('/api/products', asked && { ...spanOf(asked), search: id, limit: 1_000 })
  const product = asking.answer?.products.find(({ product_id }) => product_id === id)
  const about = [product?.category, product?.brand, id].filter((word) => word).join(' · ')
  return (
    <>
      <p className="way-back">
        <Link to="products">All products</Link>
      </p>
      <ViewHead about={about} title={product ? nameOf(product) : id}>
        <PeriodBar />
      </ViewHead>
      <SalesFigures {...sales} />
      <Panels>
        <SalesChart {...sales} />
        <Panel about="From those who saw it to those who bought it" title="Who">
          <Answered asking={asking} height={120}>
            {({ currency }) =>
              product ? (
                <Facts currency={currency} product={product} />
              ) : (
                <Empty title="Nobody saw it in this time">Choose a longer time above.</Empty>
              )
            }
          </Answered>
        </Panel>
      </Panels>
    </>
  )
}

/** Whatever category is chosen in the list. */
const spanOf = ({ period, now }: AskedTimes) => ({
  ...period.current,
  ...(now.currency ? { currency: now.currency } : {}),
})

interface FactsProps {
  readonly product: Product
  readonly currency: string | null
}

function Facts({ product, currency }: FactsProps) {
  const name = nameOf(product)
  const { views, carts, purchases, view_to_cart, cart_to_purchase, view_to_purchase } = product
  const acts = [
    { title: 'Saw it', count: views, path: product.people_viewed, rate: null, of: '' },
    {
      ...{ title: 'Put it into the cart', count: carts, path: product.people_carted },
      ...{ rate: view_to_cart, of: 'per view' },
    },
    {
      ...{ title: 'Bought it', count: purchases, path: product.people_bought },
      ...{ rate: cart_to_purchase, of: 'per cart' },
    },
  ]
  return (
    <>
      <ol className="acts">
        {acts.map(({ title, count, path, rate, of }) => (
          <li key={title}>
            <span className="act-title">{title}</span>
            <span className="act-count number">
              <PeopleLink about={`${title.toLowerCase()}: ${name}`} path={path}>
                {formatCount(count)}
              </PeopleLink>
            </span>
            <span className="note number">
              {rate === null ? ' ' : `${formatShare(rate)} ${of}`}
            </span>
          </li>
        ))}
      </ol>
      <p className="note facts">
        <PeopleLink about={`saw ${name} and left it`} path={product.people_left}>
          Who saw it and did not buy it
        </PeopleLink>
        <span>{`${formatShare(view_to_purchase)} bought per view`}</span>
        <span>
          {`${formatMoney(product.revenue, currency)} for ${formatSeveral(product.units, 'unit')}`}
        </span>
        {product.stock !== null && <span>{`${formatCount(product.stock)} in stock`}</span>}
      </p>
    </>
  )
}
