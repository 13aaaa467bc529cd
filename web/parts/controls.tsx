/** Small controls that views share: one of several, a command to copy, a mark with a meaning. */
import { type ReactNode, useId, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'
import './controls.css'

interface SegmentsProps<T extends string> {
  /** What is chosen, for those who listen. */
  readonly name: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly title: string }[]
  readonly onChange: (value: T) => void
}

/** One of a few, all in sight; arrow keys move, as in any group of radio buttons. */
export function Segments<T extends string>({ name, value, options, onChange }: SegmentsProps<T>) {
  const group = useId()
  return (
    <fieldset className="segments">
      <legend className="only-read-aloud">{name}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            checked={option.value === value}
            name={group}
            onChange={() => onChange(option.value)}
            type="radio"
          />
          <span>{option.title}</span>
        </label>
      ))}
    </fieldset>
  )
}

interface SelectProps {
  readonly name: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly title: string }[]
  readonly onChange: (value: string) => void
}

export function Select({ name, value, options, onChange }: SelectProps) {
  return (
    <select
      aria-label={name}
      className="input"
      onChange={({ target }) => onChange(target.value)}
      value={value}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.title}
        </option>
      ))}
    </select>
  )
}

interface IconButtonProps {
  readonly icon: IconName
  readonly name: string
  readonly onClick: () => void
  readonly pressed?: boolean
  readonly disabled?: boolean
}

export function IconButton({ icon, name, onClick, pressed, disabled }: IconButtonProps) {
  return (
    <button
      aria-label={name}
      aria-pressed={pressed}
      className="icon-button"
      disabled={disabled}
      onClick={onClick}
      title={name}
      type="button"
    >
      <Icon name={icon} />
    </button>
  )
}

interface BadgeProps {
  readonly kind?: 'plain' | 'good' | 'warn' | 'bad'
  readonly children: ReactNode
}

export function Badge({ kind = 'plain', children }: BadgeProps) {
  return (
    <span className="badge" data-kind={kind}>
      {children}
    </span>
  )
}

/** A line for a terminal, or code for a page, with a button that copies it. */
export function Command({ line }: { readonly line: string }) {
  const [state, setState] = useState<'copied' | 'there'>('there')
  const copy = async () => {
    await navigator.clipboard.writeText(line)
    setState('copied')
    setTimeout(() => setState('there'), 2_000)
  }
  return (
    <div className="command">
      <pre>
        <code>{line}</code>
      </pre>
      {/* Only where the browser lets a page write there: on this machine, or with TLS. */}
      {navigator.clipboard && (
        <button className="button" onClick={() => void copy()} type="button">
          <Icon name={state === 'copied' ? 'check' : 'copy'} size={15} />
          {state === 'copied' ? 'Copied' : 'Copy'}
        </button>
      )}
    </div>
  )
}
