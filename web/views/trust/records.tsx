/** The records behind a cell of the ledger. */
import type { Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { formatCount, formatTime, formatWord } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { Answered } from '../../parts/states.tsx'
import type { Kept } from './outcomes.ts'

export interface Cell {
  readonly source: string
  readonly hour: string
  readonly outcome: Kept
  readonly count: number
}

interface RecordsProps {
  readonly cell: Cell
  readonly onClose: () => void
}

export function Records({ cell, onClose }: RecordsProps) {
  const { source, hour, outcome, count } = cell
  const asking = useAnswer('/api/ledger/records', { source, hour, outcome })
  const what = `${formatCount(count)} ${outcome} from ${source}`
  const about = `${what}, in the hour from ${formatTime(hour)} UTC`
  return (
    <Dialog about={about} onClose={onClose} title="Records">
      <Answered asking={asking} height={320}>
        {({ rows, truncated }) => (
          <>
            <Grid
              columns={columnsOf(rows)}
              empty="They may have been erased, or moved to the archive."
              height={520}
              name={about}
              rows={rows}
            />
            {truncated && <p className="note">{`The newest ${rows.length}; there are more.`}</p>}
          </>
        )}
      </Answered>
    </Dialog>
  )
}

function columnsOf(rows: readonly Row[]): readonly GridColumn<Row>[] {
  return Object.keys(rows[0] ?? {}).map((name) => ({
    ...{ name, title: formatWord(name), value: (row: Row) => row[name] },
    kind: /_(at|time)$/.test(name) ? 'time' : 'text',
  }))
}
