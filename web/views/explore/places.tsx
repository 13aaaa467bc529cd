/** The two ways through this view: its tables, and SQL. */
import { Link } from '../../parts/link.tsx'
import { useAddress } from '../../state/address.ts'

/** In the place of a table's name. */
export const SQL = 'sql'

export function Places() {
  const [name] = useAddress().rest
  return (
    <nav aria-label="Explore" className="places">
      <Link aria-current={name === SQL ? undefined : 'page'} to="explore">
        Tables
      </Link>
      <Link aria-current={name === SQL ? 'page' : undefined} rest={[SQL]} to="explore">
        SQL
      </Link>
    </nav>
  )
}
