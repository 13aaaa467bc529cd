/** A list of what was asked before, to be asked again. */
import { useRef, useState } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Empty } from '../../parts/states.tsx'
import { forget, past } from './sql_history.ts'

export function Past({ onTake }: { readonly onTake: (sql: string) => void }) {
  const place = useRef<HTMLDetailsElement>(null)
  const [all, setAll] = useState(past)
  const take = (sql: string) => {
    if (place.current) place.current.open = false
    onTake(sql)
  }
  const clear = () => {
    forget()
    setAll([])
  }
  return (
    <details
      className="pop past"
      onToggle={({ currentTarget }) => currentTarget.open && setAll(past())}
      ref={place}
    >
      <summary className="button">
        <Icon name="chevron" size={14} />
        Asked before
      </summary>
      <div className="pop-body">
        {all.length === 0 ? (
          <Empty title="Nothing yet">What you run is kept here, in this browser.</Empty>
        ) : (
          <>
            <ol>
              {all.map((sql) => (
                <li key={sql}>
                  <button onClick={() => take(sql)} type="button">
                    <code>{sql}</code>
                  </button>
                </li>
              ))}
            </ol>
            <button className="link-button" onClick={clear} type="button">
              Forget all
            </button>
          </>
        )}
      </div>
    </details>
  )
}
