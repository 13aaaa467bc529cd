/** Said once, to whoever waited for the first event: it is there. */
import { Icon } from '../../parts/icon.tsx'

export function Arrived() {
  return (
    <div className="arrival arrived-now" data-state="arrived" role="status">
      <span className="arrival-mark">
        <Icon name="check" size={22} />
      </span>
      <p>
        <strong>Your first event is here.</strong> This is what the page makes of it; the more come,
        the more views there are to look at.
      </p>
    </div>
  )
}
