/** One table: its rows or a chart of them, by time and filters; its changes as they happen. */
import { useMemo } from 'react'
import { type TableInfo, useCatalogue } from '../../api/catalogue.ts'
import { urlOf } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { useApi } from '../../api/use_api.ts'
import { IconButton, Segments } from '../../parts/controls.tsx'
import { formatTitle, sentence } from '../../parts/format.ts'
import { Grid } from '../../parts/grid.tsx'
import { orderOf, orderText } from '../../parts/grid_order.ts'
import { Panel, ViewHead } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { save } from '../../parts/save.ts'
import { Answered, Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { choice, integer, list, text } from '../../state/fields.ts'
import { usePeriod } from '../../state/period.ts'
import { ColumnFilters, filtersOf } from './column_filters.tsx'
import { columnOf, countWords, gridColumn } from './columns.tsx'
import { LiveTable } from './live_table.tsx'
import { Places } from './places.tsx'
import { ResultChart } from './result_chart.tsx'

const STEP = 200
/** A chart wants more than a page of rows. */
const CHART_ROWS = 5_000
const FILE_ROWS_MAX = 10_000

export const TABLE_FIELDS = {
  show: choice(['rows', 'chart', 'changes'], 'rows'),
  order: text(),
  filter: list(),
  limit: integer(STEP, STEP, FILE_ROWS_MAX),
} as const

export default function OneTable({ name }: { readonly name: string }) {
  const catalogue = useCatalogue()
  return (
    <Answered asking={catalogue} height={600}>
      {({ tables }) => {
        const table = tables.find((each) => each.name === name)
        return table ? <Table table={table} /> : <NoSuchTable name={name} />
      }}
    </Answered>
  )
}

function NoSuchTable({ name }: { readonly name: string }) {
  return (
    <>
      <ViewHead about={`There is no table ${name}.`} title="Explore" />
      <Empty title="No such table">
        <Link to="explore">All tables</Link>
      </Empty>
    </>
  )
}

function useAsked(table: TableInfo) {
  const [{ order, filter, limit, show }] = useFields(TABLE_FIELDS)
  const period = usePeriod()
  return useMemo(() => {
    if (table.time !== null && !period) return null
    const span = table.time === null ? {} : (period?.current ?? {})
    const known = new Set(table.columns.map((column) => column.name))
    const isKnown = known.has(orderOf(order).column)
    return {
      ...filtersOf(filter, known),
      ...{ name: table.name, ...span },
      limit: show === 'chart' ? Math.max(limit, CHART_ROWS) : limit,
      ...(isKnown ? { order } : {}),
    }
  }, [table, period, order, filter, limit, show])
}

function Table({ table }: { readonly table: TableInfo }) {
  const api = useApi()
  const [{ show }, change] = useFields(TABLE_FIELDS)
  const asked = useAsked(table)
  const isFollowed = table.kind === 'table'
  const shown = show === 'changes' && !isFollowed ? 'rows' : show
  const download = async () => {
    if (!asked) return
    const all = { ...asked, limit: FILE_ROWS_MAX, format: 'csv' }
    save(await api.blob(urlOf('/api/tables/{name}', all)), `clickpath-${table.name}.csv`)
  }
  return (
    <>
      <p className="way-back">
        <Link to="explore">All tables</Link>
      </p>
      <ViewHead about={sentence(table.answers)} title={formatTitle(table.name)}>
        <Places />
        {shown !== 'changes' && table.time !== null && <PeriodBar comparison="none" />}
      </ViewHead>
      <div className="table-bar">
        <Segments
          name="Show"
          onChange={(value) => change({ show: value })}
          options={[
            { value: 'rows', title: 'Rows' },
            { value: 'chart', title: 'Chart' },
            ...(isFollowed ? [{ value: 'changes' as const, title: 'Changes, live' }] : []),
          ]}
          value={shown}
        />
        {shown !== 'changes' && <ColumnFilters table={table} />}
        <span className="table-bar-end">
          <IconButton
            icon="download"
            name={`${table.name}: save all rows as CSV`}
            onClick={() => void download()}
          />
        </span>
      </div>
      {shown === 'changes' ? (
        <LiveTable table={table} />
      ) : (
        <Rows asked={asked} shown={shown} table={table} />
      )}
    </>
  )
}

interface RowsProps {
  readonly table: TableInfo
  readonly asked: ReturnType<typeof useAsked>
  readonly shown: 'rows' | 'chart'
}

function Rows({ table, asked, shown }: RowsProps) {
  const [{ order, limit }, change] = useFields(TABLE_FIELDS)
  const asking = useAnswer('/api/tables/{name}', asked)
  const columns = useMemo(() => table.columns.map(columnOf), [table])
  const grid = useMemo(() => columns.map(gridColumn), [columns])
  const now = order || (table.time === null ? '' : `-${table.time}`)
  return (
    <Answered asking={asking} height={520}>
      {({ rows, truncated }) =>
        shown === 'chart' ? (
          <ResultChart columns={columns} name={formatTitle(table.name)} rows={rows} />
        ) : (
          <Panel>
            <Grid
              columns={grid}
              empty="Choose a longer time, or fewer filters."
              height={640}
              name={table.name}
              onOrder={(next) => change({ order: orderText(next) }, 'replace')}
              order={orderOf(now)}
              rows={rows}
            />
            <p className="table-foot note">
              {rows.length > 0 && countWords(rows.length, truncated)}
              {truncated && limit < FILE_ROWS_MAX && (
                <button
                  className="button"
                  onClick={() => change({ limit: Math.min(limit * 2, FILE_ROWS_MAX) }, 'replace')}
                  type="button"
                >
                  Show more
                </button>
              )}
            </p>
          </Panel>
        )
      }
    </Answered>
  )
}
