/** All products as a table: searched, put in order by the server, as a file. */
import { useId, useMemo } from 'react'
import { useAnswer } from '../../api/use_answer.ts'
import { IconButton } from '../../parts/controls.tsx'
import { Grid, type GridOrder } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { saveRows } from '../../parts/save.ts'
import { Answered } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { integer, text } from '../../state/fields.ts'
import type { AskedTimes } from './asked.ts'
import { productColumns } from './columns.tsx'

const STEP = 50
const FIELDS = {
  search: text(),
  order: text('-revenue'),
  limit: integer(STEP, STEP, 10_000),
} as const
const NAME = 'All products'

export function orderOf(order: string): GridOrder {
  const isDescending = order.startsWith('-')
  return {
    column: order.replace('-', ''),
    direction: isDescending ? 'descending' : 'ascending',
  }
}

export const orderText = ({ column, direction }: GridOrder): string =>
  `${direction === 'descending' ? '-' : ''}${column}`

interface ProductListProps {
  readonly asked: AskedTimes | null
}

export function ProductList({ asked }: ProductListProps) {
  const [{ search, order, limit }, change] = useFields(FIELDS)
  const name = useId()
  const asking = useAnswer('/api/products', asked && { ...asked.now, search, order, limit })
  const { answer } = asking
  const columns = useMemo(() => productColumns(answer?.currency ?? null), [answer?.currency])
  return (
    <Panel
      actions={
        <>
          <label className="only-read-aloud" htmlFor={name}>
            Search products
          </label>
          <input
            autoComplete="off"
            className="input search"
            id={name}
            onChange={({ target }) => change({ search: target.value, limit: STEP }, 'replace')}
            placeholder="Search"
            type="search"
            value={search}
          />
          <IconButton
            icon="download"
            name={`${NAME}: save as CSV`}
            onClick={() => answer && saveRows(NAME, columns, answer.products)}
          />
        </>
      }
      title={NAME}
    >
      <Answered asking={asking} height={320}>
        {({ products, truncated }) => (
          <>
            <Grid
              columns={columns}
              empty={search ? 'Search for less, or for another word.' : 'Choose a longer time.'}
              height={520}
              keyOf={({ product_id }) => product_id}
              name={NAME}
              onOrder={(next) => change({ order: orderText(next) }, 'replace')}
              order={orderOf(order)}
              rows={products}
            />
            {truncated && (
              <p className="more">
                <button
                  className="button"
                  onClick={() => change({ limit: limit + STEP }, 'replace')}
                  type="button"
                >
                  Show more
                </button>
              </p>
            )}
          </>
        )}
      </Answered>
    </Panel>
  )
}
