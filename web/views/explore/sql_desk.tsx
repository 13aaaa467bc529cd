/** Read-only SQL: an editor, what was asked before, and the answer as rows or as a chart. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useCatalogue } from '../../api/catalogue.ts'
import { Refusal } from '../../api/refusal.ts'
import type { PostAnswer } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { useApi } from '../../api/use_api.ts'
import { IconButton, Segments } from '../../parts/controls.tsx'
import { formatDuration, formatWord } from '../../parts/format.ts'
import { Grid } from '../../parts/grid.tsx'
import { Panel, ViewHead } from '../../parts/layout.tsx'
import { saveRows } from '../../parts/save.ts'
import { Empty, Problem, Waiting } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { choice, text } from '../../state/fields.ts'
import { type Column, countWords, gridColumn } from './columns.tsx'
import { Past } from './past.tsx'
import { Places } from './places.tsx'
import { ResultChart } from './result_chart.tsx'
import { remember } from './sql_history.ts'

const Editor = lazy(() => import('./editor.tsx'))

const EXAMPLE = `SELECT date_trunc('hour', event_time) AS hour, event_type, count(*) AS events
FROM events
GROUP BY ALL
ORDER BY hour`

/** What was run stands in the address, so that a link shows the same. */
const FIELDS = { sql: text(), show: choice(['rows', 'chart'], 'rows') } as const
const NAME = 'Result'

type Answer = PostAnswer<'/api/query'>

interface Result {
  readonly sql: string
  readonly answer: Answer
  readonly took_s: number
}

interface Wrong {
  readonly sql: string
  readonly said: string
  readonly position: number | undefined
}

interface RunProps {
  readonly disabled: boolean
  readonly onRun: () => void
  readonly state: ReturnType<typeof useQuery>['state']
}

function Run({ disabled, onRun, state }: RunProps) {
  return (
    <button
      className="button primary"
      disabled={state === 'running' || disabled}
      onClick={onRun}
      title="Ctrl+Enter"
      type="button"
    >
      {state === 'running' ? 'Running' : 'Run'}
    </button>
  )
}

export default function SqlDesk() {
  const [{ sql, show }, change] = useFields(FIELDS)
  const { tables } = useCatalogue().answer ?? {}
  const functions = useAnswer('/api/query/functions', {}).answer?.functions
  const [draft, setDraft] = useState(sql || EXAMPLE)
  const { run, state, result, wrong } = useQuery()
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands in the address is run once
  useEffect(() => {
    if (sql) void run(sql)
  }, [])
  const ask = useCallback(
    (text: string) => {
      change({ sql: text })
      remember(text)
      void run(text)
    },
    [change, run],
  )
  const take = (text: string) => {
    setDraft(text)
    ask(text)
  }
  const mark = wrong && wrong.sql === draft ? wrong.position : undefined
  return (
    <>
      <ViewHead about="Ask all tables with read-only SQL, in the words of DuckDB." title="Explore">
        <Places />
      </ViewHead>
      <Panel
        actions={
          <>
            <Past onTake={take} />
            <Run disabled={draft.trim() === ''} onRun={() => ask(draft)} state={state} />
          </>
        }
        title="SQL"
      >
        <Suspense fallback={<Waiting height={180} />}>
          <Editor
            functions={functions ?? NO_WORDS}
            onChange={setDraft}
            onRun={ask}
            tables={tables ?? NO_TABLES}
            text={draft}
            wrong_at={mark}
          />
        </Suspense>
        <p className="note editor-keys">
          Ctrl+Enter runs it; Ctrl+Space offers tables, columns and functions; Escape, then Tab
          leaves the editor.
        </p>
        {wrong && <Problem said={wrongWords(wrong)} />}
      </Panel>
      <div className="result">
        <ResultPanel
          onShow={(value) => change({ show: value }, 'replace')}
          result={result}
          show={show}
          state={state}
        />
      </div>
    </>
  )
}

const NO_WORDS: readonly string[] = []
const NO_TABLES: readonly never[] = []

function wrongWords({ sql, said, position }: Wrong): string {
  if (position === undefined) return said
  const lines = sql.slice(0, position).split('\n')
  return `Line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${said}`
}

function useQuery() {
  const api = useApi()
  const [state, setState] = useState<'idle' | 'running'>('idle')
  const [result, setResult] = useState<Result>()
  const [wrong, setWrong] = useState<Wrong>()
  const run = useCallback(
    async (sql: string) => {
      setState('running')
      setWrong(undefined)
      const began_ms = performance.now()
      try {
        const answer = await api.post('/api/query', { sql })
        setResult({ sql, answer, took_s: (performance.now() - began_ms) / 1_000 })
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        setWrong({ sql, said: thrown.message, position: thrown.position })
      } finally {
        setState('idle')
      }
    },
    [api],
  )
  return { run, state, result, wrong }
}

interface ResultPanelProps {
  readonly result: Result | undefined
  readonly state: 'idle' | 'running'
  readonly show: 'rows' | 'chart'
  readonly onShow: (show: 'rows' | 'chart') => void
}

const titleOf = (name: string): string => {
  const words = formatWord(name)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function ResultPanel({ result, state, show, onShow }: ResultPanelProps) {
  const columns: readonly Column[] = useMemo(
    () =>
      (result?.answer.columns ?? []).map(({ name, type }) => ({
        ...{ name, type, title: titleOf(name), unit: null },
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
          <Empty height={240} title="No answer yet">
            Run the query above, or write one of your own.
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
