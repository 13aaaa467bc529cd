/** Where every event went. */
import { ViewHead } from '../../parts/layout.tsx'

export default function Trust() {
  return <ViewHead about="Where did every event go?" title="Trust" />
}
