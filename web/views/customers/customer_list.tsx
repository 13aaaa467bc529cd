/** Who they are: searched, put in order by the server, each with a page of their own. */
import type { Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Badge, IconButton } from '../../parts/controls.tsx'
import { formatId, formatMoney, formatTime } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { orderOf, orderText } from '../../parts/grid_order.ts'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { saveRows } from '../../parts/save.ts'
import { SearchBox, ShowMore } from '../../parts/search_box.tsx'
import { Answered } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { integer, list, text } from '../../state/fields.ts'
import type { AskedTimes } from './asked.ts'
import { groupKind, groupTitle } from './group_words.ts'

const STEP = 50
export const LIST_FIELDS = {
  search: text(),
  group: list(),
  order: text('-last_seen'),
  limit: integer(STEP, STEP, 10_000),
} as const
const NAME = 'Who'

const COLUMNS: readonly GridColumn<Row>[] = [
  {
    ...{ name: 'person_id', title: 'Customer', value: ({ person_id }) => person_id },
    show: (row) => (
      <Link rest={[String(row.person_id)]} title={String(row.person_id)} to="customers">
        {formatId(String(row.customer_name || row.user_id || row.person_id))}
      </Link>
    ),
  },
  {
    ...{ name: 'customer_group', title: 'Group', value: ({ customer_group }) => customer_group },
    show: ({ customer_group: group }) => (
      <Badge kind={groupKind(String(group))}>{groupTitle(String(group))}</Badge>
    ),
  },
  {
    ...{ name: 'last_seen', title: 'Last seen', kind: 'time' },
    value: ({ last_seen }) => last_seen,
    show: ({ last_seen }) => formatTime(last_seen as string),
  },
  { name: 'orders', title: 'Orders', kind: 'count', value: ({ orders }) => orders },
  {
    ...{ name: 'revenue', title: 'Has brought', kind: 'money', value: ({ revenue }) => revenue },
    show: ({ revenue, currency }) => formatMoney(revenue as number, currency as string),
  },
  { name: 'sessions', title: 'Sessions', kind: 'count', value: ({ sessions }) => sessions },
  {
    ...{ name: 'carts_abandoned', title: 'Carts left', kind: 'count' },
    value: ({ carts_abandoned }) => carts_abandoned,
  },
  {
    ...{ name: 'first_channel', title: 'First channel' },
    value: ({ first_channel }) => first_channel,
  },
  {
    ...{ name: 'preferred_category_viewed', title: 'Looks at most' },
    value: (row) => row.preferred_category_viewed,
  },
  {
    ...{ name: 'preferred_device', title: 'Device' },
    value: ({ preferred_device }) => preferred_device,
  },
]
const NAMES = ['customer_name', 'user_id', 'currency', ...COLUMNS.map(({ name }) => name)]

interface CustomerListProps {
  readonly asked: AskedTimes | null
}

export function CustomerList({ asked }: CustomerListProps) {
  const [{ search, group, order, limit }, change] = useFields(LIST_FIELDS)
  const asking = useAnswer(
    '/api/customers',
    asked && { ...asked.now, search, group, order, limit, columns: NAMES },
  )
  return (
    <Panel
      about={group.length === 0 ? undefined : `Only ${group.map(groupTitle).join(', ')}`}
      actions={
        <>
          {group.length > 0 && (
            <button className="button" onClick={() => change({ group: [] })} type="button">
              <Icon name="close" size={14} />
              Everybody
            </button>
          )}
          <SearchBox
            hint="Id or name"
            name="Search by id, name or address"
            onChange={(value) => change({ search: value, limit: STEP }, 'replace')}
            value={search}
          />
          <IconButton
            icon="download"
            name={`${NAME}: save as CSV`}
            onClick={() => asking.answer && saveRows('customers', COLUMNS, asking.answer.customers)}
          />
        </>
      }
      title={NAME}
    >
      <Answered asking={asking} height={420}>
        {({ customers, truncated }) => (
          <>
            <Grid
              columns={COLUMNS}
              empty={search ? 'Search for less of it.' : 'Choose a longer time, or fewer filters.'}
              height={640}
              keyOf={({ person_id }) => String(person_id)}
              name="Customers"
              onOrder={(next) => change({ order: orderText(next) }, 'replace')}
              order={orderOf(order)}
              rows={customers}
            />
            {truncated && <ShowMore onMore={() => change({ limit: limit + STEP }, 'replace')} />}
          </>
        )}
      </Answered>
    </Panel>
  )
}
