/** A product as a row: what every table of this view shows. */
import { formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import type { Product } from './answers.ts'
import { nameOf, ProductLink } from './product_link.tsx'

const NO_CATEGORY = 'without a category'

export function productColumns(currency: string | null): readonly GridColumn<Product>[] {
  const who = (about: string, path: string, count: number) =>
    count === 0 ? (
      formatCount(count)
    ) : (
      <PeopleLink about={about} path={path}>
        {formatCount(count)}
      </PeopleLink>
    )
  return [
    {
      ...{ name: 'product_id', title: 'Product', value: nameOf },
      show: (product) => <ProductLink product={product} />,
    },
    {
      ...{ name: 'category', title: 'Category' },
      value: ({ category }) => category ?? NO_CATEGORY,
    },
    {
      ...{ name: 'revenue', title: 'Revenue', kind: 'money', value: ({ revenue }) => revenue },
      show: ({ revenue }) => formatMoney(revenue, currency),
    },
    { name: 'units', title: 'Units', kind: 'count', value: ({ units }) => units },
    {
      ...{ name: 'views', title: 'Views', kind: 'count', value: ({ views }) => views },
      show: (product) => who(`saw ${nameOf(product)}`, product.people_viewed, product.views),
    },
    {
      ...{ name: 'carts', title: 'Carts', kind: 'count', value: ({ carts }) => carts },
      show: (product) =>
        who(`put ${nameOf(product)} into the cart`, product.people_carted, product.carts),
    },
    {
      ...{ name: 'purchases', title: 'Bought', kind: 'count' },
      value: ({ purchases }) => purchases,
      show: (product) => who(`bought ${nameOf(product)}`, product.people_bought, product.purchases),
    },
    {
      ...{ name: 'view_to_purchase', title: 'Bought per view', kind: 'share' },
      value: ({ view_to_purchase }) => view_to_purchase,
      show: ({ view_to_purchase }) => formatShare(view_to_purchase),
    },
    {
      ...{ name: 'revenue_change', title: 'Against before', kind: 'money' },
      about: 'Revenue less that of the equally long time before',
      value: ({ revenue_change }) => revenue_change,
      show: ({ revenue_change }) => formatMoney(revenue_change, currency),
    },
  ]
}
