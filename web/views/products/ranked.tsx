/** Three short lists: what earns most, what fell most, what many see and few buy. */
import type { ReactNode } from 'react'
import { type Asking, useAnswer } from '../../api/use_answer.ts'
import { BarList } from '../../parts/bar_list.tsx'
import { formatChange, formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import type { Product, ProductsAnswer } from './answers.ts'
import type { AskedTimes } from './asked.ts'
import { nameOf, ProductLink } from './product_link.tsx'

const LINES = 8

interface RankedProps {
  readonly asked: AskedTimes | null
}

export function TopProducts({ asked }: RankedProps) {
  const asking = useAnswer(
    '/api/products',
    asked && { ...asked.now, only: 'selling', order: '-revenue,-units', limit: LINES },
  )
  const isCompared = Boolean(asked?.before)
  return (
    <RankedList
      about="By revenue"
      asking={asking}
      empty="Nothing was sold in this time."
      rowOf={(product, { currency }) => ({
        value: Number(product.revenue),
        shown: formatMoney(product.revenue, currency),
        about: isCompared ? changeOf(product) : `${formatCount(product.units)} sold`,
      })}
      title="Top sellers"
    />
  )
}

function changeOf({ revenue, revenue_before }: Product): string {
  const before = Number(revenue_before ?? 0)
  return before === 0 ? 'new' : formatChange((Number(revenue) - before) / before)
}

export function Struggling({ asked }: RankedProps) {
  const isBounded = asked?.now.from !== undefined
  const asking = useAnswer(
    '/api/products',
    asked && isBounded
      ? { ...asked.now, only: 'struggling', order: 'revenue_change,units_change', limit: LINES }
      : null,
  )
  if (asked && !isBounded) {
    return (
      <Panel about="Against the time before" span={1} title="Struggling">
        <Empty height={LINES * 38} title="All time has no time before">
          Choose a time above, such as 30 days.
        </Empty>
      </Panel>
    )
  }
  return (
    <RankedList
      about="What lost most against the time before"
      asking={asking}
      empty="No product sold less than in the time before."
      rowOf={(product, { currency }) => ({
        value: -Number(product.revenue_change ?? 0),
        shown: formatMoney(product.revenue_change, currency),
        about: `${formatCount(product.units)} sold, before ${formatCount(product.units_before)}`,
      })}
      title="Struggling"
    />
  )
}

/**
 * Whoever has a share of views that counts as high interest is among the most viewed: there is room
 * for 100 of one percent.
 */
export function Overlooked({ viewed }: { readonly viewed: Asking<ProductsAnswer> }) {
  const told = viewed.answer
  const about = told
    ? `At least ${formatShare(told.interest_share_min)} of all views, ` +
      `fewer than ${formatShare(told.interest_conversion_max)} bought`
    : ' '
  return (
    <RankedList
      about={about}
      asking={viewed}
      empty="Whatever draws many eyes is bought, too."
      rowOf={(product) => ({
        value: product.views,
        shown: (
          <PeopleLink about={`saw ${nameOf(product)} and left it`} path={product.people_left}>
            {formatCount(product.views)}
          </PeopleLink>
        ),
        about: `${formatCount(product.purchases)} bought of`,
      })}
      shows={isOverlooked}
      title="Many see, few buy"
    />
  )
}

const isOverlooked = (product: Product): boolean => product.high_interest_low_conversion

interface RankedRow {
  readonly value: number
  readonly shown: ReactNode
  readonly about: string
}

interface RankedListProps {
  readonly title: string
  readonly about: string
  readonly asking: Asking<ProductsAnswer>
  readonly empty: string
  /** Of the answer; all where nothing is said. */
  readonly shows?: (product: Product) => boolean
  readonly rowOf: (product: Product, answer: ProductsAnswer) => RankedRow
}

function RankedList({ title, about, asking, empty, shows, rowOf }: RankedListProps) {
  const shown = ({ products }: ProductsAnswer) =>
    (shows ? products.filter(shows) : products).slice(0, LINES)
  return (
    <Panel about={about} span={1} title={title}>
      <Answered asking={asking} height={LINES * 38}>
        {(answer) =>
          shown(answer).length === 0 ? (
            <Empty height={LINES * 38} title="None">
              {empty}
            </Empty>
          ) : (
            <BarList
              lines={LINES}
              rows={shown(answer).map((product) => ({
                key: product.product_id,
                name: <ProductLink product={product} />,
                ...rowOf(product, answer),
              }))}
            />
          )
        }
      </Answered>
    </Panel>
  )
}
