/** What a query answered, as rows or as a chart. */
import { useMemo } from 'react'
import { IconButton, Segments } from '../../parts/controls.tsx'
import { formatDuration, formatTitle } from '../../parts/format.ts'
import { Grid } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { saveRows } from '../../parts/save.ts'
import { Empty, Waiting } from '../../parts/states.tsx'
import { type Column, countWords, gridColumn } from './columns.tsx'
import { ResultChart } from './result_chart.tsx'
import type { Result } from './use_query.ts'

const NAME = 'Result'

interface ResultPanelProps {
  readonly result: Result | undefined
  readonly state: 'idle' | 'running'
  /** The last query did not run; why is said beside it. */
  readonly wrong: boolean
  readonly show: 'rows' | 'chart'
  readonly onShow: (show: 'rows' | 'chart') => void
}

export function ResultPanel({ result, state, wrong, show, onShow }: ResultPanelProps) {
  const columns: readonly Column[] = useMemo(
    () =>
      (result?.answer.columns ?? []).map(({ name, type }) => ({
        ...{ name, type, title: formatTitle(name), unit: null },
      })),
    [result],
  )
  const grid = useMemo(() => columns.map(gridColumn), [columns])
  if (!result) {
    return (
      <Panel title={NAME}>
        {state === 'running' ? (
          <Waiting height={240} />
        ) : (
          <Empty height={240} title={wrong ? 'The query did not run' : 'No answer yet'}>
            {wrong
              ? 'What is wrong with it stands above.'
              : 'Run the query above, or write one of your own.'}
          </Empty>
        )}
      </Panel>
    )
  }
  const { rows, truncated } = result.answer
  return (
    <>
      <div className="table-bar">
        <Segments
          name="Show"
          onChange={onShow}
          options={[
            { value: 'rows', title: 'Rows' },
            { value: 'chart', title: 'Chart' },
          ]}
          value={show}
        />
        <span className="note" role="status">
          {`${countWords(rows.length, truncated)} in ${formatDuration(result.took_s)}`}
        </span>
        <span className="table-bar-end">
          <IconButton
            icon="download"
            name={`${NAME}: save as CSV`}
            onClick={() => saveRows('result', grid, rows)}
          />
        </span>
      </div>
      {show === 'chart' ? (
        <ResultChart columns={columns} name={NAME} rows={rows} />
      ) : (
        <Panel>
          <Grid
            columns={grid}
            empty="The query found none."
            height={560}
            key={result.sql}
            name={NAME}
            rows={rows}
          />
        </Panel>
      )}
    </>
  )
}
