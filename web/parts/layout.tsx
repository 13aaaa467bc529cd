/** How a view is laid out: a head that says what it answers, panels below, figures in a row. */
import type { ReactNode } from 'react'
import './layout.css'

interface ViewHeadProps {
  readonly title: string
  /** What it answers, or as of when it speaks. */
  readonly about: ReactNode
  /** Period, filters, breakdown. */
  readonly children?: ReactNode
}

export function ViewHead({ title, about, children }: ViewHeadProps) {
  return (
    <div className="view-head">
      <div className="view-title">
        <h1>{title}</h1>
        <p>{about}</p>
      </div>
      {children && <div className="view-controls">{children}</div>}
    </div>
  )
}

interface PanelProps {
  readonly title?: ReactNode
  readonly about?: ReactNode
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** How much of a row it takes on wide screens: thirds. */
  readonly span?: 1 | 2 | 3
}

export function Panel({ title, about, actions, children, span = 3 }: PanelProps) {
  return (
    <section className="panel" data-span={span}>
      {(title || actions) && (
        <div className="panel-head">
          <div>
            {title && <h2>{title}</h2>}
            {about && <p className="note">{about}</p>}
          </div>
          {actions && <div className="panel-actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  )
}

/** Panels beside and below one another. */
export function Panels({ children }: { readonly children: ReactNode }) {
  return <div className="panels">{children}</div>
}
