/** One number that matters: its name, how it moved, and its last hour or days as a line. */
import type { ReactNode } from 'react'
import { formatChange } from './format.ts'
import { Sparkline } from './sparkline.tsx'
import './figure.css'

interface FigureProps {
  readonly name: string
  readonly value: string
  /** Of what, since when. */
  readonly about?: ReactNode
  /** The same number of the time before; the change is told, never without saying against what. */
  readonly change?: {
    readonly now: number
    readonly before: number
    readonly against: string
    /** Said in place of a change where there was none of it before. */
    readonly none?: string
    /** Which way is bad news: the colour says it as well as the sign. */
    readonly better?: 'up' | 'down' | 'neither'
  }
  readonly trend?: readonly number[]
}

export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className="figures">{children}</dl>
}

export function Figure({ name, value, about, change, trend }: FigureProps) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd className="figure-value number">{value}</dd>
      <dd className="figure-about note number">
        {change && <Change {...change} />}
        {about}
      </dd>
      {trend && (
        <dd className="figure-trend">
          <Sparkline values={trend} />
        </dd>
      )}
    </div>
  )
}

function Change(props: NonNullable<FigureProps['change']>) {
  const { now, before, against, none = 'nothing before', better = 'up' } = props
  // Nothing can be said of how much more than nothing it is.
  if (before === 0) return <span className="change">{none}</span>
  const change = (now - before) / before
  const way = change === 0 || better === 'neither' ? 'same' : wayOf(change, better)
  return (
    <span className="change">
      <strong data-way={way}>{formatChange(change)}</strong> {against}
    </span>
  )
}

const wayOf = (change: number, better: 'up' | 'down'): 'good' | 'bad' =>
  change > 0 === (better === 'up') ? 'good' : 'bad'
