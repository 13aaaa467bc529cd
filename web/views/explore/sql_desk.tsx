/** Read-only SQL: an editor, what was asked before, and the answer as rows or as a chart. */
import { Suspense, useCallback, useEffect, useState } from 'react'
import { useCatalogue } from '../../api/catalogue.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { lazyChunk } from '../../parts/chunk.ts'
import { Panel, ViewHead } from '../../parts/layout.tsx'
import { Problem, Waiting } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { choice, text } from '../../state/fields.ts'
import { Past } from './past.tsx'
import { Places } from './places.tsx'
import { ResultPanel } from './result_panel.tsx'
import { remember } from './sql_history.ts'
import { useQuery, type Wrong } from './use_query.ts'

const Editor = lazyChunk(() => import('./editor.tsx'))

const EXAMPLE = `SELECT date_trunc('hour', event_time) AS hour, event_type, count(*) AS events
FROM events
GROUP BY ALL
ORDER BY hour`

/** What was run stands in the address, so that a link shows the same. */
const FIELDS = { sql: text(), show: choice(['rows', 'chart'], 'rows') } as const

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
  const [given, setGiven] = useState({ text: sql || EXAMPLE })
  const [draft, setDraft] = useState(given.text)
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
    setGiven({ text })
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
            given={given}
            wrong_at={mark}
          />
        </Suspense>
        <p className="note editor-keys">{KEYS}</p>
        {wrong && <Problem said={wrongWords(wrong)} />}
      </Panel>
      <div className="result">
        <ResultPanel
          onShow={(value) => change({ show: value }, 'replace')}
          result={result}
          show={show}
          wrong={wrong !== undefined}
          state={state}
        />
      </div>
    </>
  )
}

const KEYS =
  'Ctrl+Enter runs it; Ctrl+Space offers tables, columns and functions; Escape, then Tab leaves it.'

const NO_WORDS: readonly string[] = []
const NO_TABLES: readonly never[] = []

function wrongWords({ sql, said, position }: Wrong): string {
  if (position === undefined) return said
  const lines = sql.slice(0, position).split('\n')
  return `Line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${said}`
}
