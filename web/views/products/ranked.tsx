/** Three short lists: what earns most, what fell most, what many see and few buy. */
import type { ReactNode } from 'react'
import type { Answer } from '../../api/routes.ts'
import { type Asking, useAnswer } from '../../api/use_answer.ts'
import { BarList } from '../../parts/bar_list.tsx'
import { formatChange, formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import type { AskedTimes } from './asked.ts'

export type ProductsAnswer = Answer<'/api/products'>
export type Product = ProductsAnswer['products'][number]

const LINES = 8

interface RankedProps {
  readonly asked: AskedTimes | null
}

export const nameOf = ({ product_name, product_id }: Product): string => product_name || product_id

export function ProductLink({ product }: { readonly product: Product }) {
  return (
    <Link rest={[product.product_id]} title={product.category ?? undefined} to="products">
      {nameOf(product)}
    </Link>
  )
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

export function Overlooked({ asked }: RankedProps) {
  const asking = useAnswer(
    '/api/products',
    asked && { ...asked.now, only: 'high_interest', order: '-views', limit: LINES },
  )
  const told = asking.answer
  const about = told
    ? `At least ${formatShare(told.interest_share_min)} of all views, fewer than ${formatShare(told.interest_conversion_max)} bought`
    : ' '
  return (
    <RankedList
      about={about}
      asking={asking}
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
      title="Many see, few buy"
    />
  )
}

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
  readonly rowOf: (product: Product, answer: ProductsAnswer) => RankedRow
}

function RankedList({ title, about, asking, empty, rowOf }: RankedListProps) {
  return (
    <Panel about={about} span={1} title={title}>
      <Answered asking={asking} height={LINES * 38}>
        {(answer) =>
          answer.products.length === 0 ? (
            <Empty height={LINES * 38} title="None">
              {empty}
            </Empty>
          ) : (
            <BarList
              lines={LINES}
              rows={answer.products.map((product) => ({
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
