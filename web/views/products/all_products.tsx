/** What sells, what struggles, what many see and few buy, and what categories cost. */
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { useCategories, useMostViewed, useSales } from './answers.ts'
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
  const sales = useSales(asked)
  const viewed = useMostViewed(asked)
  const categories = useCategories(asked)
  return (
    <>
      <ViewHead about="What sells, what struggles, and what many see and few buy." title="Products">
        <ChooseCategory categories={categories} />
        <ChooseCurrency categories={categories} />
        <PeriodBar />
      </ViewHead>
      <SalesFigures {...sales} />
      <Panels>
        <SalesChart {...sales} />
        <TopProducts asked={asked} />
        <Struggling asked={asked} />
        <Overlooked viewed={viewed} />
        <Interest viewed={viewed} />
        <CategoryPrices categories={categories} />
        <ProductList asked={asked} />
      </Panels>
    </>
  )
}
