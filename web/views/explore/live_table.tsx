/**
 * The newest rows of a table as they change. What changed last is marked, and counted in one place;
 * nothing moves under the reader but the rows themselves.
 */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { TableInfo } from '../../api/catalogue.ts'
import { useLiveRows } from '../../api/live.ts'
import type { Row } from '../../api/routes.ts'
import { Badge, Command } from '../../parts/controls.tsx'
import { formatCount } from '../../parts/format.ts'
import { Grid } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { Empty, Waiting } from '../../parts/states.tsx'
import { columnOf, gridColumn } from './columns.tsx'

const ROWS = 200

export function LiveTable({ table }: { readonly table: TableInfo }) {
  const [first = ''] = table.identity
  const { rows, state } = useLiveRows(table.name, table.identity, table.time ?? first, ROWS)
  const grid = useMemo(() => table.columns.map((column) => gridColumn(columnOf(column))), [table])
  const changes = useChanges(rows, table.identity)
  const follow = `curl -N "${location.origin}/api/live?tables=${table.name}"`
  return (
    <>
      <Panel
        about={`The newest ${ROWS} rows, as they change.`}
        actions={
          <Badge kind={state === 'ready' ? 'good' : 'plain'}>
            {state === 'ready' ? `${formatCount(changes)} changes seen` : 'Connecting'}
          </Badge>
        }
        title="Changes"
      >
        {state === 'waiting' ? (
          <Waiting height={480} />
        ) : rows.length === 0 ? (
          <Empty height={320} title="No rows yet">
            They appear here by themselves.
          </Empty>
        ) : (
          <Grid
            columns={grid}
            height={560}
            keyOf={(row) => keyOf(row, table.identity)}
            name={table.name}
            rows={rows}
          />
        )}
      </Panel>
      <div className="follow">
        <Panel about="The same stream for a program or a terminal" title="Follow it elsewhere">
          <Command line={follow} />
        </Panel>
      </div>
    </>
  )
}

const keyOf = (row: Row, identity: readonly string[]): string =>
  JSON.stringify(identity.map((name) => row[name]))

/** How many rows came or changed since this was opened. */
function useChanges(rows: readonly Row[], identity: readonly string[]): number {
  const known = useRef<ReadonlyMap<string, unknown>>(undefined)
  const [count, setCount] = useState(0)
  useEffect(() => {
    const versions = new Map(rows.map((row) => [keyOf(row, identity), row.version]))
    const before = known.current
    if (rows.length > 0 || before) known.current = versions
    if (!before) return
    const changed = [...versions].filter(([key, version]) => before.get(key) !== version).length
    if (changed > 0) setCount((seen) => seen + changed)
  }, [rows, identity])
  return count
}
