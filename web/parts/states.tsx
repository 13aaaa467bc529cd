/**
 * What stands where there is nothing to show: not yet, nothing there, or why not and what to do.
 */
import type { ReactNode } from 'react'
import type { Asking } from '../api/use_answer.ts'
import './states.css'

/** Keeps the place that the answer will take, so that nothing jumps when it comes. */
export function Waiting({ height = 160 }: { readonly height?: number }) {
  return (
    <div aria-busy="true" className="waiting" role="status" style={{ minHeight: height }}>
      <span className="only-read-aloud">Loading</span>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  /** What to do so that there is something. */
  readonly children?: ReactNode
  readonly height?: number
}

export function Empty({ title, children, height = 120 }: EmptyProps) {
  return (
    <div className="empty" style={{ minHeight: height }}>
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  )
}

interface ProblemProps {
  readonly said: string
  readonly action?: string
  readonly onAction?: () => void
}

export function Problem({ said, action = 'Try again', onAction }: ProblemProps) {
  return (
    <div className="problem" role="alert">
      <p>{said}</p>
      {onAction && (
        <button className="button" onClick={onAction} type="button">
          {action}
        </button>
      )}
    </div>
  )
}

interface AnsweredProps<A> {
  readonly asking: Asking<A>
  /** Of what is shown when the answer is there. */
  readonly height?: number
  readonly children: (answer: A) => ReactNode
}

/** The answer, or what stands in its place; the one before stays, paler, while the next comes. */
export function Answered<A>({ asking, height, children }: AnsweredProps<A>) {
  const { answer, refusal, state, again } = asking
  if (state === 'refused' && refusal) return <Problem onAction={again} said={refusal.message} />
  if (answer === undefined) return <Waiting {...(height ? { height } : {})} />
  return (
    <div aria-busy={state === 'stale'} className="answered" data-state={state}>
      {children(answer)}
    </div>
  )
}
