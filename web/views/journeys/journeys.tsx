/**
 * Which way people go: step by step as flows, after, before or between chosen steps, and as whole
 * journeys.
 */
import { useState } from 'react'
import { useAnswer } from '../../api/use_answer.ts'
import { Segments } from '../../parts/controls.tsx'
import { FilterBar, useFilters } from '../../parts/filter_bar.tsx'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { Answered } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { usePeriod } from '../../state/period.ts'
import { SESSION_COLUMNS } from '../../state/session_columns.ts'
import { FIELDS, journeysAsked, type PathNode, pathsAsked } from './fields.ts'
import { Flow } from './flow.tsx'
import { Opened } from './opened.tsx'
import { TopJourneys } from './top_journeys.tsx'
import { Way } from './way.tsx'
import './journeys.css'

const BY = [
  { value: 'event_type', title: 'Events' },
  { value: 'page', title: 'Pages' },
  { value: 'category', title: 'Categories' },
  { value: 'product', title: 'Products' },
] as const

export default function JourneysView() {
  const [fields, change] = useFields(FIELDS)
  const where = useFilters(SESSION_COLUMNS)
  const [opened, setOpened] = useState<PathNode>()
  const period = usePeriod()
  const [now, then] = [period?.current ?? null, period?.previous ?? null]
  const paths = useAnswer('/api/paths', pathsAsked(fields, where, now))
  const pathsBefore = useAnswer('/api/paths', pathsAsked(fields, where, then))
  const journeys = useAnswer('/api/journeys', journeysAsked(fields, where, now))
  const journeysBefore = useAnswer('/api/journeys', journeysAsked(fields, where, then))
  const previous = <A,>({ state, answer }: { state: string; answer: A | undefined }) =>
    then && state === 'ready' ? answer : undefined
  return (
    <>
      <ViewHead about="Which way do people go through the shop?" title="Journeys">
        <PeriodBar />
        <FilterBar columns={SESSION_COLUMNS} />
        <Segments
          name="Steps are"
          // Steps to start and end with are of the kind that was shown.
          onChange={(by) => change({ by, start: '', end: '' })}
          options={BY}
          value={fields.by}
        />
      </ViewHead>
      <Way />
      <Panels>
        <Answered asking={paths} height={560}>
          {(told) => <Flow before={previous(pathsBefore)} onOpen={setOpened} paths={told} />}
        </Answered>
        <Answered asking={journeys} height={420}>
          {(told) => <TopJourneys before={previous(journeysBefore)} journeys={told} />}
        </Answered>
      </Panels>
      {opened && <Opened node={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
