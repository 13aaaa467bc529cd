/** The same as a chart: where the models disagree is what they are looked at for. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { seriesChart } from '../../parts/chart/options.ts'
import { formatMoney, formatWord } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { type AttributionRow, type Currency, sayRow, titleOf } from './fields.ts'

interface ModelsProps {
  readonly by: string
  readonly currency: Currency
  readonly models: readonly string[]
}

const ROWS_MAX = 8
/** Names have no room beside one another there. */
const narrow = matchMedia('(max-width: 40rem)')

export function Models({ by, currency, models }: ModelsProps) {
  const { rows, currency: code } = currency
  const columns = useMemo(
    (): readonly GridColumn<AttributionRow>[] => [
      { name: by, title: formatWord(by), value: sayRow },
      { name: 'orders', title: 'Orders', kind: 'count', value: ({ orders }) => orders },
      ...models.map(
        (model): GridColumn<AttributionRow> => ({
          ...{ name: model, title: titleOf(model), kind: 'money' },
          value: (row) => row.models[model]?.revenue,
        }),
      ),
    ],
    [by, models],
  )
  const option = useMemo(() => {
    const shown = rows.filter(({ row, orders }) => row === 'value' || orders > 0).slice(0, ROWS_MAX)
    return seriesChart({
      places: shown.map(sayRow),
      format: (value) => formatMoney(value, code),
      direction: narrow.matches ? 'down' : 'across',
      series: models.map((model) => ({
        ...({ name: titleOf(model), draw: 'bars' } as const),
        values: shown.map((row) => Number(row.models[model]?.revenue ?? 0)),
      })),
    })
  }, [rows, models, code])
  return (
    <Chart
      about={
        rows.length > ROWS_MAX
          ? `The ${ROWS_MAX} that brought most; all are in the table`
          : 'Where they differ, the order of visits matters'
      }
      columns={columns}
      height={narrow.matches ? 420 : 300}
      legend={models.map(titleOf)}
      name="Where the models differ"
      option={option}
      rows={rows}
    />
  )
}
