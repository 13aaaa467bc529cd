/** The view Customers: all of them in groups, or the one that the address names. */
import { useAddress } from '../../state/address.ts'
import { AllCustomers } from './all_customers.tsx'
import { OneCustomer } from './one_customer.tsx'

export default function Customers() {
  const [id] = useAddress().rest
  return id === undefined ? <AllCustomers /> : <OneCustomer id={id} key={id} />
}
