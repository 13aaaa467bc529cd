/** The flows from step to step. Each step opens; so does every number of the table behind. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTheme } from '../../frame/theme.ts'
import type { Picked } from '../../parts/chart/canvas.tsx'
import { Chart } from '../../parts/chart/chart.tsx'
import { formatCount } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { type PathLink, type PathNode, type Paths, sayNode } from './fields.ts'
import { flowOption } from './flow_option.ts'

interface FlowProps {
  readonly paths: Paths
  readonly before: Paths | undefined
  readonly onOpen: (node: PathNode) => void
}

interface Row extends PathLink {
  readonly from: string
  readonly to: string
  readonly shareBefore: number | null | undefined
}

const HEIGHT = 500
/** Below it a column has no room for names: the diagram is then moved sideways. */
const COLUMN_WIDTH_MIN = 132

export function Flow({ paths, before, onOpen }: FlowProps) {
  const { sessions, sessions_in_range = sessions, depth = 5, direction } = paths
  const [place, width] = useWidth()
  const theme = useTheme()
  const least = depth * COLUMN_WIDTH_MIN
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are in the document
  const option = useMemo(
    () => flowOption(paths, Math.max(width, least)),
    [paths, width, least, theme],
  )
  const rows = useMemo(() => rowsOf(paths, before), [paths, before])
  const columns = useMemo(() => columnsOf(before !== undefined), [before])
  const byId = useMemo(() => new Map(paths.nodes.map((node) => [node.id, node])), [paths])
  const pick = ({ name }: Picked) => {
    const node = byId.get(name)
    if (node) onOpen(node)
  }
  return (
    <div className="flow" data-depth={depth} ref={place}>
      <Chart
        about={
          <>
            {saidOf(direction)} {formatCount(sessions)} of {formatCount(sessions_in_range)}{' '}
            sessions. Click a step to see who, and what came before or after it.
            {width > 0 && width < least && ' Move it sideways for the other steps.'}
          </>
        }
        columns={columns}
        height={HEIGHT}
        kinds={['sankey']}
        name="Paths"
        onPick={pick}
        option={option}
        rows={sessions === 0 ? [] : rows}
      />
      {sessions > 0 && <Steps onOpen={onOpen} paths={paths} />}
    </div>
  )
}

function saidOf(direction: Paths['direction']): string {
  switch (direction) {
    case 'after':
      return 'What followed:'
    case 'before':
      return 'What led there:'
    case 'between':
      return 'The ways between the two:'
    default:
      return 'From the first step on:'
  }
}

/** The steps of the diagram as buttons, for who moves by keyboard or listens. */
function Steps({ paths, onOpen }: Pick<FlowProps, 'paths' | 'onOpen'>) {
  const by = paths.by ?? 'event_type'
  const steps = paths.nodes.filter(({ kind }) => kind === 'step' || kind === 'left')
  return (
    <ul aria-label="Steps of the diagram" className="flow-steps">
      {steps.map((node) => (
        <li key={node.id}>
          <button className="flow-step" onClick={() => onOpen(node)} type="button">
            {`Step ${node.position}: ${sayNode(by, node)}, ${formatCount(node.sessions)}`}
          </button>
        </li>
      ))}
    </ul>
  )
}

function rowsOf(paths: Paths, before: Paths | undefined): readonly Row[] {
  const by = paths.by ?? 'event_type'
  const byId = new Map(paths.nodes.map((node) => [node.id, node]))
  const earlier = new Map(before?.links.map((link) => [`${link.source} ${link.target}`, link]))
  const said = (id: string) => {
    const node = byId.get(id)
    return node ? sayNode(by, node) : id
  }
  return paths.links.map((link) => ({
    ...link,
    from: said(link.source),
    to: said(link.target),
    shareBefore: earlier.get(`${link.source} ${link.target}`)?.share_of_source,
  }))
}

function columnsOf(compared: boolean): readonly GridColumn<Row>[] {
  return [
    { name: 'position', title: 'Step', kind: 'count', value: ({ position }) => position },
    { name: 'from', title: 'From', value: ({ from }) => from },
    { name: 'to', title: 'To', value: ({ to }) => to },
    {
      ...({ name: 'sessions', title: 'Sessions', kind: 'count' } as const),
      value: ({ sessions }) => sessions,
      show: ({ sessions, people, from, to }) => (
        <PeopleLink about={`went from ${from} to ${to}`} path={people}>
          {formatCount(sessions)}
        </PeopleLink>
      ),
    },
    { name: 'share', title: 'Of all', kind: 'share', value: ({ share }) => share },
    {
      ...({ name: 'share_of_source', title: 'Of those there', kind: 'share' } as const),
      value: ({ share_of_source }) => share_of_source,
    },
    ...(compared
      ? [
          {
            ...({ name: 'before', title: 'Of those there, before', kind: 'share' } as const),
            value: ({ shareBefore }: Row) => shareBefore,
          },
        ]
      : []),
  ]
}

/** How wide the place is; names of steps are given as much of it as there is. */
function useWidth() {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(1_000)
  useEffect(() => {
    if (!place.current) return
    const sizing = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width / 20) * 20)
    })
    sizing.observe(place.current)
    return () => sizing.disconnect()
  }, [])
  return [place, width] as const
}
