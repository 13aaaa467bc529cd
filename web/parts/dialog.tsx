/** Something that opens over the page and goes with Escape; focus comes back to what opened it. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { IconButton } from './controls.tsx'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly about: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Dialog({ title, about, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const name = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog aria-labelledby={name} className="opened" onClose={onClose} ref={dialog}>
      <div className="panel-head">
        <div>
          <h2 id={name}>{title}</h2>
          <p className="note">{about}</p>
        </div>
        <IconButton icon="close" name="Close" onClick={() => dialog.current?.close()} />
      </div>
      {children}
    </dialog>
  )
}
