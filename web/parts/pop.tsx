/** What opens below a button: a form or a list. Escape closes it. */
import { type ReactNode, useRef, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface PopProps {
  /** The button's words, and its name where they do not say enough to who only listens. */
  readonly title: string
  readonly name?: string
  readonly icon?: IconName
  readonly size?: 'normal' | 'small'
  /** The button's edge that what opens begins at. */
  readonly from?: 'left' | 'right'
  /** What is behind it, for who points at the button. */
  readonly hint?: string
  /** `close` ends it where it was begun, at the button. */
  readonly children: (pop: { state: 'open' | 'closed'; close: () => void }) => ReactNode
}

export function Pop(props: PopProps) {
  const { title, name, icon = 'add', size = 'normal', from = 'right', hint, children } = props
  const place = useRef<HTMLDetailsElement>(null)
  const [state, setState] = useState<'open' | 'closed'>('closed')
  const close = () => {
    if (place.current) place.current.open = false
    place.current?.querySelector('summary')?.focus()
  }
  return (
    <details
      className="pop"
      data-from={from}
      onKeyDown={({ key }) => key === 'Escape' && close()}
      onToggle={({ currentTarget }) => setState(currentTarget.open ? 'open' : 'closed')}
      ref={place}
    >
      <summary
        aria-label={name}
        className={size === 'small' ? 'small-button' : 'button'}
        title={hint}
      >
        <Icon name={icon} size={size === 'small' ? 13 : 15} />
        {title}
      </summary>
      <div className="pop-body">{children({ state, close })}</div>
    </details>
  )
}
