/** Each group by one more thing that is known of them, such as what brought them first. */
import { useMemo } from 'react'
import type { Asking } from '../../api/use_answer.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { Segments } from '../../parts/controls.tsx'
import { formatCount, formatWord } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { Waiting } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import type { CustomerGroups, Group } from './answers.ts'
import { BREAKDOWNS, type Breakdown, FIELDS } from './asked.ts'
import { groupTitle } from './group_words.ts'

const TITLES: Readonly<Record<string, string>> = {
  none: 'None',
  first_channel: 'Channel',
  preferred_device: 'Device',
  preferred_category_viewed: 'Looks at',
  preferred_category_bought: 'Buys',
}
const HEIGHT = 300
/** Colours that the theme has, less one for all others. */
const SERIES_MAX = 7
const OTHERS = 'all others'

interface GroupsByProps {
  readonly asking: Asking<CustomerGroups>
}

export function GroupsBy({ asking }: GroupsByProps) {
  const [{ by }, change] = useFields(FIELDS)
  const { answer, state } = asking
  const chosen = (
    <Segments
      name="Break down by"
      onChange={(value: Breakdown) => change({ by: value })}
      options={BREAKDOWNS.map((value) => ({ value, title: TITLES[value] ?? formatWord(value) }))}
      value={by}
    />
  )
  // What is wrong is said beside the groups themselves.
  if (state === 'refused') return null
  const isThere = answer?.groups.some(({ parts }) => parts.length > 0)
  return (
    <Panel
      about="What brought them, which device they use, what they look at and buy"
      title="Groups broken down"
    >
      <div className="breakdown">{chosen}</div>
      {by !== 'none' &&
        (answer && isThere ? (
          <Drawn by={by} groups={answer.groups} />
        ) : (
          <Waiting height={HEIGHT + 80} />
        ))}
    </Panel>
  )
}

interface PartRow {
  readonly group: string
  readonly value: string
  readonly customers: number
}

const COLUMNS: readonly GridColumn<PartRow>[] = [
  { name: 'group', title: 'Group', value: ({ group }) => groupTitle(group) },
  { name: 'value', title: 'Value', value: ({ value }) => value },
  { name: 'customers', title: 'Customers', kind: 'count', value: ({ customers }) => customers },
]

function Drawn({ groups, by }: { readonly groups: readonly Group[]; readonly by: string }) {
  const rows = useMemo(
    () =>
      groups.flatMap(({ group, parts }) =>
        parts.map(({ value, is_other, customers }) => ({
          ...{ group, customers },
          value: is_other ? OTHERS : (value ?? 'not known'),
        })),
      ),
    [groups],
  )
  const names = useMemo(() => namesOf(rows), [rows])
  const option = useMemo(() => {
    const count = (group: string, name: string) =>
      rows
        .filter((row) => row.group === group && nameIn(names, row.value) === name)
        .reduce((sum, { customers }) => sum + customers, 0)
    return seriesChart({
      places: groups.map(({ group }) => groupTitle(group)),
      direction: 'down',
      series: names.map((name) => ({
        ...{ name, draw: 'bars', stack: 'all' },
        values: groups.map(({ group }) => count(group, name)),
      })),
      format: formatCount,
    })
  }, [groups, rows, names])
  return (
    <Chart
      columns={COLUMNS}
      height={HEIGHT}
      legend={names}
      name={`Groups by ${formatWord(by)}`}
      option={option}
      rows={rows}
    />
  )
}

/** The most frequent values; the rest is drawn as one. */
function namesOf(rows: readonly PartRow[]): readonly string[] {
  const sums = new Map<string, number>()
  for (const { value, customers } of rows) sums.set(value, (sums.get(value) ?? 0) + customers)
  const own = [...sums.keys()]
    .filter((value) => value !== OTHERS)
    .toSorted((one, other) => (sums.get(other) ?? 0) - (sums.get(one) ?? 0))
  const isCut = own.length > SERIES_MAX || sums.has(OTHERS)
  return [...own.slice(0, SERIES_MAX), ...(isCut ? [OTHERS] : [])]
}

const nameIn = (names: readonly string[], value: string) => (names.includes(value) ? value : OTHERS)
