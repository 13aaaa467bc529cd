/** For an address that names no view. */
import { Link } from '../parts/link.tsx'
import { Empty } from '../parts/states.tsx'

export function NoSuchView() {
  return (
    <Empty title="There is no such view">
      The address may be mistyped. <Link to="now">See what happens now</Link>
    </Empty>
  )
}
