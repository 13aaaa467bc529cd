/** The view Products: all of them, or the one that the address names. */
import { useAddress } from '../../state/address.ts'
import { AllProducts } from './all_products.tsx'
import { OneProduct } from './one_product.tsx'

export default function Products() {
  const [id] = useAddress().rest
  return id === undefined ? <AllProducts /> : <OneProduct id={id} key={id} />
}
