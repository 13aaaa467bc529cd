/**
 * Paths as a Sankey diagram: columns of steps, the same step in the same colour in all of them.
 * Who is outside (left, not begun, arrived) stays outside, so these links are not drawn.
 */
import type { EChartsCoreOption } from 'echarts/core'
import { colourOf, SERIES_COLOURS } from '../../parts/chart/theme.ts'
import { tooltipOf } from '../../parts/chart/tooltip.ts'
import { formatCount, formatShare } from '../../parts/format.ts'
import { type PathLink, type PathNode, type Paths, sayNode } from './fields.ts'

const NODE_WIDTH = 14
/** Labels of a line each have room below one another. */
const NODE_GAP = 18

const COLOURS: Readonly<Record<string, string>> = {
  other: '--series-8',
  left: '--line-strong',
  entered: '--line-strong',
  reached: '--good',
}

const isOutside = ({ kind }: PathNode): boolean => kind !== 'step' && kind !== 'other'

/** The eighth colour is that of all others. */
function coloursOf(nodes: readonly PathNode[]): ReadonlyMap<string | null, string> {
  const sums = new Map<string | null, number>()
  for (const { kind, node, sessions } of nodes) {
    if (kind === 'step') sums.set(node, (sums.get(node) ?? 0) + sessions)
  }
  const ranked = [...sums].sort(([, one], [, other]) => other - one).map(([node]) => node)
  const colourOf = (at: number) => (at < SERIES_COLOURS - 1 ? `--series-${at + 1}` : '--ink-faint')
  return new Map(ranked.map((node, at) => [node, colourOf(at)]))
}

/** Links that are drawn, and what is left of their nodes. */
export function drawnOf(paths: Paths) {
  const byId = new Map(paths.nodes.map((node) => [node.id, node]))
  const links = paths.links.filter(({ source, target }) => {
    const [from, to] = [byId.get(source), byId.get(target)]
    return from && to && !(isOutside(from) && isOutside(to))
  })
  const ends = new Set(links.flatMap(({ source, target }) => [source, target]))
  const nodes = paths.nodes.filter((node) => ends.has(node.id) || paths.links.length === 0)
  return { byId, links, nodes }
}

/** Steps by size, then all others, and at the bottom who is outside. */
const rank = ({ kind }: PathNode): number =>
  kind === 'reached' ? 0 : kind === 'step' ? 1 : kind === 'other' ? 2 : 3

export function flowOption(paths: Paths, width: number): EChartsCoreOption {
  const by = paths.by ?? 'event_type'
  const { byId, links, nodes } = drawnOf(paths)
  const colours = coloursOf(paths.nodes)
  const colour = ({ kind, node }: PathNode) =>
    colourOf(COLOURS[kind] ?? colours.get(node) ?? '--series-8')
  const columns = paths.depth ?? 5
  const room = Math.max(56, width / columns - NODE_WIDTH - 12)
  const label = { width: room, overflow: 'truncate', color: colourOf('--ink'), fontSize: 12 }
  const sorted = [...nodes].sort(
    (one, other) =>
      one.position - other.position || rank(one) - rank(other) || other.sessions - one.sessions,
  )
  return {
    tooltip: { trigger: 'item', formatter: (given: unknown) => pointed(given, by, byId) },
    series: [
      {
        ...{ type: 'sankey', left: 4, right: room + 4, top: 10, bottom: 10 },
        ...{ nodeWidth: NODE_WIDTH, nodeGap: NODE_GAP, layoutIterations: 0, draggable: false },
        emphasis: { focus: 'adjacency', lineStyle: { opacity: 0.55 } },
        label: {
          ...label,
          formatter: ({ name }: { readonly name: string }) => {
            const node = byId.get(name)
            return node ? labelOf(sayNode(by, node), inflow(node, links), room) : ''
          },
        },
        lineStyle: { color: 'source', opacity: 0.22, curveness: 0.5 },
        data: sorted.map((node) => ({
          ...{ name: node.id, depth: node.position - 1, value: inflow(node, links) },
          itemStyle: { color: colour(node), borderWidth: 0, borderRadius: 3 },
        })),
        links: links.map(({ source, target, sessions }) => ({ source, target, value: sessions })),
      },
    ],
  }
}

const LETTER_WIDTH = 6.7

/** The number is never what is cut. */
function labelOf(name: string, count: number, room: number): string {
  const told = formatCount(count)
  const letters = Math.max(4, Math.floor(room / LETTER_WIDTH) - told.length - 1)
  return `${name.length > letters ? `${name.slice(0, letters - 1)}…` : name} ${told}`
}

/** Of those outside, only who came or goes here; all others were counted in another column. */
function inflow(node: PathNode, links: readonly PathLink[]): number {
  if (!isOutside(node)) return node.sessions
  const sum = (own: readonly PathLink[]) => own.reduce((total, { sessions }) => total + sessions, 0)
  const came = sum(links.filter(({ target }) => target === node.id))
  return came || sum(links.filter(({ source }) => source === node.id))
}

interface Pointed {
  readonly dataType?: string
  readonly name: string
  readonly value: number
  readonly data: { readonly source?: string; readonly target?: string }
}

function pointed(given: unknown, by: string, byId: ReadonlyMap<string, PathNode>) {
  const { dataType, name, value, data } = given as Pointed
  if (dataType === 'edge') {
    const [from, to] = [byId.get(data.source ?? ''), byId.get(data.target ?? '')]
    const title = from && to ? `${sayNode(by, from)} → ${sayNode(by, to)}` : ''
    const share = from ? formatShare(value / from.sessions) : ''
    return tooltipOf(title, [
      { name: 'Sessions', value: formatCount(value) },
      { name: 'Of those there', value: share },
    ])
  }
  const node = byId.get(name)
  return tooltipOf(node ? sayNode(by, node) : '', [
    { name: 'Sessions', value: formatCount(value) },
    { name: 'Of all', value: formatShare(node?.share) },
    { name: 'Step', value: String(node?.position ?? '') },
  ])
}
