/**
 * What is happening at this moment: figures, a feed, what is wanted most, and the pipeline's
 * health.
 */
import { useEffect, useState } from 'react'
import { useFigures } from '../../api/figures.ts'
import { formatTime } from '../../parts/format.ts'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { Problem, Waiting } from '../../parts/states.tsx'
import Connect from '../connect/connect.tsx'
import { Arrived } from './arrived.tsx'
import { Feed } from './feed.tsx'
import { LastHour } from './last_hour.tsx'
import { NowFigures } from './now_figures.tsx'
import { Pipeline } from './pipeline.tsx'
import { TopCategories, TopProducts } from './top.tsx'

export default function Now() {
  const { answer: figures, refusal, again } = useFigures()
  const [waited, setWaited] = useState(false)
  const isEmpty = figures?.as_of === null
  useEffect(() => {
    if (isEmpty) setWaited(true)
  }, [isEmpty])
  if (!figures) {
    if (refusal) return <Problem onAction={again} said={refusal.message} />
    return <Waiting height={600} />
  }
  if (figures.as_of === null) return <Connect />
  return (
    <>
      {waited && <Arrived />}
      <ViewHead
        about={`The last hour, as of the latest event: ${formatTime(figures.as_of)} UTC`}
        title="Right now"
      />
      <NowFigures figures={figures} />
      <Panels>
        <LastHour figures={figures} />
        <Feed />
        <TopCategories />
        <TopProducts />
        <Pipeline />
      </Panels>
    </>
  )
}
