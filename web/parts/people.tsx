/**
 * Every number opens: a number that shows the people behind it. Give it the `people` path that
 * stands beside the number in the API's answer.
 */
import { type ReactNode, useState } from 'react'
import type { Row } from '../api/routes.ts'
import { useAnswerAt } from '../api/use_answer.ts'
import { Dialog } from './dialog.tsx'
import { formatWord } from './format.ts'
import { Grid, type GridColumn } from './grid.tsx'
import { Link } from './link.tsx'
import { Answered } from './states.tsx'

interface PeopleLinkProps {
  /** A path of the API. */
  readonly path: string
  /** Whom it is about: `bought nothing after the cart`. */
  readonly about: string
  readonly children: ReactNode
}

export function PeopleLink({ path, about, children }: PeopleLinkProps) {
  const [state, setState] = useState<'open' | 'closed'>('closed')
  return (
    <>
      <button
        aria-haspopup="dialog"
        className="link-button number"
        onClick={() => setState('open')}
        title={`Who: ${about}`}
        type="button"
      >
        {children}
      </button>
      {state === 'open' && <People about={about} onClose={() => setState('closed')} path={path} />}
    </>
  )
}

interface PeopleProps {
  readonly path: string
  readonly about: string
  readonly onClose: () => void
}

interface Found {
  readonly people: readonly Row[]
  readonly truncated: boolean
}

/** The same, opened by whoever shows it, such as a chart that was clicked. */
export function People({ path, about, onClose }: PeopleProps) {
  return (
    <Dialog about={about} onClose={onClose} title="Who">
      <PeopleList about={about} path={path} />
    </Dialog>
  )
}

/** The same inside of something else that is open. */
export function PeopleList({ path, about }: Omit<PeopleProps, 'onClose'>) {
  const asking = useAnswerAt<Found>(path)
  return (
    <Answered asking={asking} height={300}>
      {({ people, truncated }) => (
        <>
          <Grid
            columns={columnsOf(people)}
            empty="Perhaps they were erased since."
            height={520}
            name={`People: ${about}`}
            rows={people}
          />
          {truncated && <p className="note">{`The first ${people.length}; there are more.`}</p>}
        </>
      )}
    </Answered>
  )
}

/** Whoever is named leads to their page. */
function columnsOf(people: readonly Row[]): readonly GridColumn<Row>[] {
  const names = [...new Set(people.flatMap((row) => Object.keys(row)))]
  const shown = names.filter((name) => name !== 'timeline')
  return shown.map((name) => {
    const kind = people.every((row) => isTime(row[name])) ? 'time' : 'text'
    const column = { name, title: formatWord(name), kind, value: (row: Row) => row[name] } as const
    if (name !== 'person_id' && name !== 'visitor_id') return column
    return {
      ...column,
      show: (row: Row) => {
        const id = String(row[name] ?? '')
        return (
          id && (
            <Link rest={[id]} to="customers">
              {id}
            </Link>
          )
        )
      },
    }
  })
}

const isTime = (value: unknown): boolean => {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
}
