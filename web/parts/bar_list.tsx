/** A few things by size: name, a bar as long as its share of the greatest, the number. */
import type { ReactNode } from 'react'
import './bar_list.css'

export interface BarRow {
  readonly key: string
  readonly name: ReactNode
  readonly value: number
  readonly shown: ReactNode
  readonly about?: ReactNode
}

interface BarListProps {
  readonly rows: readonly BarRow[]
  /** How many lines keep their place while there are fewer. */
  readonly lines?: number
}

export function BarList({ rows, lines = rows.length }: BarListProps) {
  const highest = Math.max(...rows.map(({ value }) => value), 0)
  return (
    <ol className="bar-list" style={{ minHeight: `${lines * 2.55}rem` }}>
      {rows.map(({ key, name, value, shown, about }) => (
        <li key={key}>
          <span className="bar-name">{name}</span>
          <span className="bar-value number">
            {about && <span className="bar-about">{about}</span>}
            {shown}
          </span>
          <span className="bar-track">
            {value > 0 && <span style={{ width: `${(value / highest) * 100}%` }} />}
          </span>
        </li>
      ))}
    </ol>
  )
}
