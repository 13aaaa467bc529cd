/** All products as a table: searched, put in order by the server, as a file. */
import { useMemo } from 'react'
import { useAnswer } from '../../api/use_answer.ts'
import { IconButton } from '../../parts/controls.tsx'
import { Grid } from '../../parts/grid.tsx'
import { orderOf, orderText } from '../../parts/grid_order.ts'
import { Panel } from '../../parts/layout.tsx'
import { saveRows } from '../../parts/save.ts'
import { SearchBox, ShowMore } from '../../parts/search_box.tsx'
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

interface ProductListProps {
  readonly asked: AskedTimes | null
}

export function ProductList({ asked }: ProductListProps) {
  const [{ search, order, limit }, change] = useFields(FIELDS)
  const asking = useAnswer('/api/products', asked && { ...asked.now, search, order, limit })
  const { answer } = asking
  const columns = useMemo(() => productColumns(answer?.currency ?? null), [answer?.currency])
  return (
    <Panel
      actions={
        <>
          <SearchBox
            hint="Search"
            name="Search products"
            onChange={(value) => change({ search: value, limit: STEP }, 'replace')}
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
              height={540}
              keyOf={({ product_id }) => product_id}
              name={NAME}
              onOrder={(next) => change({ order: orderText(next) }, 'replace')}
              order={orderOf(order)}
              rows={products}
            />
            {truncated && <ShowMore onMore={() => change({ limit: limit + STEP }, 'replace')} />}
          </>
        )}
      </Answered>
    </Panel>
  )
}
