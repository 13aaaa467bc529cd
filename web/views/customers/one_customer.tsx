/** One customer: what is known of them, which visitors they are, what they did, newest first. */
import type { Answer, Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Figure, Figures } from '../../parts/figure.tsx'
import {
  formatCount,
  formatDuration,
  formatMoney,
  formatShare,
  formatTime,
  NOTHING,
} from '../../parts/format.ts'
import { Panel, Panels, ViewHead } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { Answered } from '../../parts/states.tsx'
import { Timeline } from './timeline.tsx'
import './customers.css'

export type Customer = Answer<'/api/customer'>

const textOf = (value: unknown): string =>
  value === null || value === undefined || value === '' ? NOTHING : String(value)

export function OneCustomer({ id }: { readonly id: string }) {
  const asking = useAnswer('/api/customer', { person: id })
  const { answer } = asking
  const [profile] = answer?.profiles ?? []
  const [person] = answer?.persons ?? []
  const name = profile?.customer_name ? String(profile.customer_name) : id
  const about = [person?.user_id, profile?.email, profile?.country]
    .filter((word) => word && word !== name)
    .join(' · ')
  return (
    <>
      <p className="way-back">
        <Link to="customers">All customers</Link>
      </p>
      <ViewHead about={about || 'One customer'} title={name} />
      <Answered asking={asking} height={600}>
        {(customer) => (
          <>
            <CustomerFigures person={customer.persons[0] ?? {}} />
            <Panels>
              <Panel about="Sessions and orders, the newest first" span={2} title="Timeline">
                <Timeline first={customer} id={id} />
              </Panel>
              <div className="beside">
                <Habits person={customer.persons[0] ?? {}} />
                <Visitors customer={customer} />
              </div>
            </Panels>
          </>
        )}
      </Answered>
    </>
  )
}

function CustomerFigures({ person }: { readonly person: Row }) {
  const count = (name: string) => formatCount(person[name] as number)
  const money = (value: unknown) => formatMoney(value as number, person.currency as string)
  const days = (value: unknown) => (value === 0 ? 'today' : `${textOf(value)} days ago`)
  return (
    <Figures>
      <Figure
        about={
          person.last_order ? `the last one ${days(person.days_since_last_order)}` : 'none yet'
        }
        name="Orders"
        value={count('orders')}
      />
      <Figure
        about={
          person.revenue_per_order ? `${money(person.revenue_per_order)} per order` : undefined
        }
        name="Has brought"
        value={money(person.revenue)}
      />
      <Figure
        about={`${formatShare(person.conversion as number)} with a purchase`}
        name="Sessions"
        value={count('sessions')}
      />
      <Figure name="Carts left" value={count('carts_abandoned')} />
      <Figure
        about={formatTime(person.last_seen as string)}
        name="Last seen"
        value={days(person.days_since_last_seen)}
      />
    </Figures>
  )
}

const WEEKDAYS = [
  ...['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
] as const

function Habits({ person }: { readonly person: Row }) {
  const weekday = WEEKDAYS[Number(person.most_active_weekday) - 1]
  const hour = person.most_active_hour
  const rows = [
    ['First seen', formatTime(person.first_seen as string)],
    ['Came first by', textOf(person.first_channel)],
    ['Looks at most', textOf(person.preferred_category_viewed)],
    ['Buys most', textOf(person.preferred_category_bought)],
    ['Device', textOf(person.preferred_device)],
    ['Comes most', weekday ? `${weekday}, around ${String(hour).padStart(2, '0')}:00` : NOTHING],
    ['A session takes', formatDuration(person.session_duration_avg_s as number)],
    ['Events a session', formatCount(person.events_per_session as number)],
  ] as const
  return (
    <Panel span={1} title="Habits">
      <dl className="known">
        {rows.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function Visitors({ customer }: { readonly customer: Customer }) {
  const { visitors, visitors_truncated } = customer
  return (
    <Panel
      about="Browsers and devices that are this customer"
      span={1}
      title={visitors.length === 1 ? 'One visitor' : `${formatCount(visitors.length)} visitors`}
    >
      <ul className="visitors">
        {visitors.map((visitor) => (
          <li key={String(visitor.visitor_id)}>
            <code>{String(visitor.visitor_id)}</code>
            <span className="note">
              {`${formatCount(visitor.events as number)} events, `}
              {`last ${formatTime(visitor.last_seen as string)}`}
              {visitor.linked_at ? `, linked ${formatTime(visitor.linked_at as string)}` : ''}
            </span>
          </li>
        ))}
      </ul>
      {visitors_truncated && <p className="note">The latest; there are more.</p>}
    </Panel>
  )
}
