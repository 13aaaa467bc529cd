/** How to send the first event. */
import { ViewHead } from '../../parts/layout.tsx'
export function FirstRun() {
  return <ViewHead about="Send a first event." title="No events yet" />
}
