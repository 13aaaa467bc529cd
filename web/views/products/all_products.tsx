/** What sells, what struggles, what many see and few buy, and what categories cost. */
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { useProductsAsked } from './asked.ts'
import { CategoryPrices } from './category_prices.tsx'
import { ChooseCategory, ChooseCurrency } from './choose.tsx'
import { Interest } from './interest.tsx'
import { ProductList } from './product_list.tsx'
import { Overlooked, Struggling, TopProducts } from './ranked.tsx'
import { SalesChart } from './sales_chart.tsx'
import { SalesFigures } from './sales_figures.tsx'
import './products.css'

export function AllProducts() {
  const asked = useProductsAsked()
  return (
    <>
      <ViewHead about="What sells, what struggles, and what many see and few buy." title="Products">
        <ChooseCategory asked={asked} />
        <ChooseCurrency asked={asked} />
        <PeriodBar />
      </ViewHead>
      <SalesFigures asked={asked} />
      <Panels>
        <SalesChart asked={asked} />
        <TopProducts asked={asked} />
        <Struggling asked={asked} />
        <Overlooked asked={asked} />
        <Interest asked={asked} />
        <CategoryPrices asked={asked} />
        <ProductList asked={asked} />
      </Panels>
    </>
  )
}
