/** A product by its name, which leads to its page. */
import { Link } from '../../parts/link.tsx'
import type { Product } from './answers.ts'

export const nameOf = ({ product_name, product_id }: Product): string => product_name || product_id

export function ProductLink({ product }: { readonly product: Product }) {
  return (
    <Link rest={[product.product_id]} title={product.category ?? undefined} to="products">
      {nameOf(product)}
    </Link>
  )
}
