/**
 * What shoppers do, one line an event, the newest first. New lines come in without moving the
 * page.
 */
import type { Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { formatMoney, formatSecond, formatWord } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { Answered } from '../../parts/states.tsx'
import './feed.css'

const EVERY_MS = 2_000
const LINES = 12

export function Feed() {
  const asked = { name: 'events', limit: LINES }
  const asking = useAnswer('/api/tables/{name}', asked, { every_ms: EVERY_MS })
  return (
    <Panel about="The latest events" span={1} title="Live">
      <Answered asking={asking} height={320}>
        {({ rows }) => (
          <ol className="feed">
            {rows.map((row) => (
              <Line key={`${row.source} ${row.event_id}`} row={row} />
            ))}
          </ol>
        )}
      </Answered>
    </Panel>
  )
}

function Line({ row }: { readonly row: Row }) {
  const word = (name: string) => (row[name] === null ? '' : String(row[name]))
  const visitor = word('visitor_id')
  const what = word('product_id') || word('query') || word('page_url') || word('category')
  return (
    <li data-kind={word('event_type')}>
      <time className="number" dateTime={word('event_time')}>
        {formatSecond(word('event_time'))}
      </time>
      <span className="feed-what">
        <strong>{formatWord(word('event_type'))}</strong> {what}
      </span>
      <span className="feed-who">
        {row.value !== null && row.event_type === 'purchase' ? (
          <strong>{formatMoney(row.value as number, word('currency'))}</strong>
        ) : (
          visitor && (
            <Link rest={[visitor]} title={`Customer ${visitor}`} to="customers">
              {visitor.slice(0, 6)}
            </Link>
          )
        )}
      </span>
    </li>
  )
}
