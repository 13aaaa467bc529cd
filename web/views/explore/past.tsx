/** A list of what was asked before, to be asked again. */
import { useState } from 'react'
import { Pop } from '../../parts/pop.tsx'
import { Empty } from '../../parts/states.tsx'
import { forget, past } from './sql_history.ts'

export function Past({ onTake }: { readonly onTake: (sql: string) => void }) {
  return (
    <Pop icon="chevron" title="Asked before">
      {({ state, close }) => (
        <div className="past">
          {state === 'open' && (
            <PastList
              onTake={(sql) => {
                close()
                onTake(sql)
              }}
            />
          )}
        </div>
      )}
    </Pop>
  )
}

function PastList({ onTake }: { readonly onTake: (sql: string) => void }) {
  const [all, setAll] = useState(past)
  const clear = () => {
    forget()
    setAll([])
  }
  if (all.length === 0) {
    return <Empty title="Nothing yet">What you run is kept here, in this browser.</Empty>
  }
  return (
    <>
      <ol>
        {all.map((sql) => (
          <li key={sql}>
            <button onClick={() => onTake(sql)} type="button">
              <code>{sql}</code>
            </button>
          </li>
        ))}
      </ol>
      <button className="link-button" onClick={clear} type="button">
        Forget all
      </button>
    </>
  )
}
