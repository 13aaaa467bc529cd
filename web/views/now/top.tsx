/** What is looked at most: categories of this hour, products of this day. */
import type { Row } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { BarList } from '../../parts/bar_list.tsx'
import { formatClock, formatCount, formatDay } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Answered, Empty } from '../../parts/states.tsx'

const EVERY_MS = 4_000
const LINES = 7

interface Top {
  readonly table: string
  readonly title: string
  /** When the window that is shown began. */
  readonly since: (window_start: string) => string
  readonly views: string
  readonly purchases: string
  readonly nameOf: (row: Row) => string
}

export function TopCategories() {
  return (
    <TopList
      nameOf={(row) => textOf(row.category) || 'without a category'}
      purchases="purchase_events"
      since={(began) => `Views this hour, since ${formatClock(began)} UTC`}
      table="hourly_pivot"
      title="Top categories"
      views="view_events"
    />
  )
}

export function TopProducts() {
  return (
    <TopList
      nameOf={(row) => textOf(row.product_name) || textOf(row.product_id) || 'unknown'}
      purchases="purchases"
      since={(began) => `Views on ${formatDay(began)}`}
      table="product_conversion"
      title="Top products"
      views="views"
    />
  )
}

const textOf = (value: unknown): string => (value === null ? '' : String(value ?? ''))

function TopList({ table, title, since, views, purchases, nameOf }: Top) {
  // The newest window first: where a day begins is the shop's time zone, which the server knows.
  const asked = { name: table, order: `-window_start,-${views}`, limit: LINES }
  const asking = useAnswer('/api/tables/{name}', asked, { every_ms: EVERY_MS })
  const rows = asking.answer?.rows ?? []
  const began = rows[0]?.window_start
  const newest = rows.filter((row) => row.window_start === began && Number(row[views]) > 0)
  return (
    <Panel about={began ? since(String(began)) : ' '} span={1} title={title}>
      <Answered asking={asking} height={LINES * 38}>
        {() =>
          newest.length === 0 ? (
            <Empty title="No views yet">They appear here by themselves.</Empty>
          ) : (
            <BarList
              lines={LINES}
              rows={newest.map((row) => ({
                key: nameOf(row),
                name: nameOf(row),
                value: Number(row[views]),
                shown: formatCount(Number(row[views])),
                about:
                  Number(row[purchases]) > 0 && `${formatCount(Number(row[purchases]))} bought`,
              }))}
            />
          )
        }
      </Answered>
    </Panel>
  )
}
