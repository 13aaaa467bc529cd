/** Sessions with their steps and orders with their lines, page by page. */
import { useState } from 'react'
import type { Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Badge } from '../../parts/controls.tsx'
import {
  formatClock,
  formatCount,
  formatDate,
  formatDuration,
  formatMoney,
  formatSecond,
  formatSeveral,
  formatWord,
} from '../../parts/format.ts'
import { Link } from '../../parts/link.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import type { Customer } from './one_customer.tsx'

interface TimelineProps {
  readonly id: string
  /** Its first page. */
  readonly first: Customer
}

export function Timeline({ id, first }: TimelineProps) {
  const [pages, setPages] = useState<readonly string[]>([])
  const more = (next: string) => setPages([...pages, next])
  if (first.timeline.length === 0) {
    return <Empty title="Nothing until now">Their sessions and orders appear here.</Empty>
  }
  return (
    <>
      <Entries entries={first.timeline} />
      {pages.length === 0 && <Older next={first.next} onMore={more} />}
      {pages.map((after, at) => (
        <Page
          after={after}
          as_of={first.as_of}
          id={id}
          key={after}
          {...(at === pages.length - 1 ? { onMore: more } : {})}
        />
      ))}
    </>
  )
}

interface PageProps {
  readonly id: string
  /** All pages speak of one moment. */
  readonly as_of: string
  readonly after: string
  readonly onMore?: (next: string) => void
}

function Page({ id, as_of, after, onMore }: PageProps) {
  const asking = useAnswer('/api/customer', { person: id, as_of, after })
  return (
    <Answered asking={asking} height={200}>
      {({ timeline, next }) => (
        <>
          <Entries entries={timeline} />
          {onMore && <Older next={next} onMore={onMore} />}
        </>
      )}
    </Answered>
  )
}

interface OlderProps {
  readonly next: string | null
  readonly onMore: (next: string) => void
}

function Older({ next, onMore }: OlderProps) {
  if (next === null) return <p className="note timeline-end">This is where it began.</p>
  return (
    <p className="show-more">
      <button className="button" onClick={() => onMore(next)} type="button">
        Older
      </button>
    </p>
  )
}

function Entries({ entries }: { readonly entries: readonly Row[] }) {
  return (
    <ol className="timeline">
      {entries.map((entry) => {
        const at = String(entry.at)
        const key = `${entry.kind} ${at} ${entry.session_id ?? ''} ${entry.order_id ?? ''}`
        return (
          <li data-kind={entry.kind} key={key}>
            <p className="timeline-time number">
              <time dateTime={at}>{formatDate(at)}</time>
              <span>{formatClock(at)}</span>
            </p>
            {entry.kind === 'order' ? <Order order={entry} /> : <Session session={entry} />}
          </li>
        )
      })}
    </ol>
  )
}

const rowsOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? (value as Row[]) : [])

function Session({ session }: { readonly session: Row }) {
  const steps = rowsOf(session.steps)
  const length_s = (Date.parse(String(session.ended)) - Date.parse(String(session.at))) / 1_000
  const words = [
    formatSeveral(Number(session.events), 'event'),
    ...(length_s > 0 ? [formatDuration(length_s)] : []),
    ...[session.channel, session.device_type].filter((word) => word).map(String),
  ]
  return (
    <div className="timeline-body">
      <p>
        <strong>Session</strong> <span className="note">{words.join(' · ')}</span>
      </p>
      <p className="runs">{runsOf(steps).join(' → ')}</p>
      <details className="session-steps">
        <summary>{`Step by step (${formatCount(steps.length)})`}</summary>
        <ol>
          {steps.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps never change their places
            <li key={at}>
              <time className="number" dateTime={String(step.at)}>
                {formatSecond(String(step.at))}
              </time>
              <span>{formatWord(String(step.event_type))}</span>
              <StepWhat step={step} />
            </li>
          ))}
        </ol>
        {session.steps_truncated === true && <p className="note">Only the first 200 are kept.</p>}
      </details>
    </div>
  )
}

function StepWhat({ step }: { readonly step: Row }) {
  const { product_id, price, page, category } = step
  if (typeof product_id === 'string' && product_id !== '') {
    return (
      <span>
        <Link rest={[product_id]} title={category ? String(category) : undefined} to="products">
          {product_id}
        </Link>
        {price !== null && <span className="note"> {formatMoney(price as number)}</span>}
      </span>
    )
  }
  return <span className="note">{page === null ? '' : String(page)}</span>
}

/** `view ×3`, in order. */
function runsOf(steps: readonly Row[]): readonly string[] {
  const runs: { readonly word: string; times: number }[] = []
  for (const { event_type } of steps) {
    const word = formatWord(String(event_type))
    const last = runs.at(-1)
    if (last?.word === word) last.times += 1
    else runs.push({ word, times: 1 })
  }
  const shown = runs.map(({ word, times }) => (times > 1 ? `${word} ×${times}` : word))
  return shown.length > RUNS_MAX ? [...shown.slice(0, RUNS_MAX), '…'] : shown
}

const RUNS_MAX = 14

function Order({ order }: { readonly order: Row }) {
  const money = (value: unknown) => formatMoney(value as number, order.currency as string | null)
  const lines = rowsOf(order.lines)
  const refunds = rowsOf(order.refunds)
  return (
    <div className="timeline-body">
      <p>
        <strong>Order</strong> <code>{String(order.order_id)}</code>{' '}
        <strong className="number">{money(order.gross_revenue)}</strong>{' '}
        {order.cancelled === true && <Badge kind="warn">taken back</Badge>}
      </p>
      <ul className="lines">
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never change their places
          <li key={at}>
            <span>{`${formatCount(line.units as number)} × `}</span>
            {line.product_id ? (
              <Link rest={[String(line.product_id)]} to="products">
                {String(line.product_id)}
              </Link>
            ) : (
              'a product without an id'
            )}
            <span className="number">{money(line.amount)}</span>
          </li>
        ))}
      </ul>
      {refunds.map((refund) => (
        <p className="note" key={`${refund.at} ${refund.amount}`}>
          {`${money(refund.amount)} refunded, `}
          {`${formatDate(String(refund.at))} ${formatClock(String(refund.at))}`}
        </p>
      ))}
    </div>
  )
}
