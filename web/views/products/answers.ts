/** What several parts of this view show is asked once, by the view. */
import type { Answer } from '../../api/routes.ts'
import { type Asking, useAnswer } from '../../api/use_answer.ts'
import type { AskedTimes } from './asked.ts'

export type Sales = Answer<'/api/sales'>
export type ProductsAnswer = Answer<'/api/products'>
export type Product = ProductsAnswer['products'][number]
export type Categories = Answer<'/api/categories'>

export interface SalesAsking {
  readonly now: Asking<Sales>
  /** Of the time before; undefined where nothing is compared. */
  readonly before: Sales | undefined
}

export function useSales(asked: AskedTimes | null, product?: string): SalesAsking {
  const own = product === undefined ? {} : { product: [product] }
  const interval = asked?.period.interval
  const now = useAnswer('/api/sales', asked && { ...asked.now, ...own, interval })
  const past = useAnswer('/api/sales', asked?.before ? { ...asked.before, ...own, interval } : null)
  return { now, before: asked?.before ? past.answer : undefined }
}

/** The most viewed ones; of more, points would lie on one another. */
export const VIEWED_MAX = 200

export function useMostViewed(asked: AskedTimes | null): Asking<ProductsAnswer> {
  return useAnswer('/api/products', asked && { ...asked.now, order: '-views', limit: VIEWED_MAX })
}

/** Of all categories of the time, whichever is chosen. */
export function useCategories(asked: AskedTimes | null): Asking<Categories> {
  return useAnswer('/api/categories', asked && { ...asked.period.current })
}
