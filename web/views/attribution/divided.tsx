/** The models side by side: a row per channel, a column per model, and what they add up to. */

import { Badge } from '../../parts/controls.tsx'
import {
  formatChange,
  formatCount,
  formatMoney,
  formatShare,
  formatWord,
} from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import {
  type AttributionRow,
  type Currency,
  isWhole,
  MODEL_ABOUT,
  sayRow,
  titleOf,
} from './fields.ts'

interface DividedProps {
  readonly by: string
  readonly currency: Currency
  readonly before: Currency | undefined
  readonly models: readonly string[]
}

export function Divided({ by, currency, before, models }: DividedProps) {
  const { rows, revenue, currency: code } = currency
  const shown = rows.filter(({ row, orders }) => row !== 'unattributed' || orders > 0)
  const isExact = models.every((model) => isWhole(currency, model))
  return (
    <Panel
      about="Every number opens the buyers behind it."
      actions={
        isExact ? (
          <Badge kind="good">✓ every model adds up to the revenue</Badge>
        ) : (
          <Badge kind="bad">✗ a model does not add up to the revenue</Badge>
        )
      }
      title="Models side by side"
    >
      <section
        aria-label="Models side by side"
        className="divided"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{formatWord(by)}</th>
              <th className="number" scope="col">
                Orders
              </th>
              {models.map((model) => (
                <th className="number" key={model} scope="col" title={MODEL_ABOUT[model]}>
                  {titleOf(model)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row
                before={before?.rows.find((one) => sayRow(one) === sayRow(row))}
                code={code}
                key={`${row.row} ${row.value}`}
                models={models}
                row={row}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <td className="number">{formatCount(currency.orders)}</td>
              {models.map((model) => (
                <td className="number" key={model}>
                  {formatMoney(revenue, code)}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </section>
      <p className="note">
        An order counts in each row that has a visit before it, so orders may add up to more.
        {before && ' Below an amount: its share, and how it differs from the time before.'}
      </p>
    </Panel>
  )
}

interface RowProps {
  readonly row: AttributionRow
  readonly before: AttributionRow | undefined
  readonly code: string | null
  readonly models: readonly string[]
}

function Row({ row, before, code, models }: RowProps) {
  const name = sayRow(row)
  return (
    <tr data-row={row.row}>
      <th scope="row">{name}</th>
      <td className="number">
        <PeopleLink about={`bought after a visit: ${name}`} path={row.people}>
          {formatCount(row.orders)}
        </PeopleLink>
      </td>
      {models.map((model) => {
        const cell = row.models[model]
        if (!cell) return <td key={model} />
        const share = Math.max(0, Math.min(1, cell.share ?? 0))
        const then = Number(before?.models[model]?.revenue ?? 0)
        return (
          <td className="number" key={model}>
            <PeopleLink about={`${name}, by ${titleOf(model).toLowerCase()}`} path={cell.people}>
              {formatMoney(cell.revenue, code)}
            </PeopleLink>
            <span className="divided-share note">
              {formatShare(cell.share)}
              {then > 0 && ` · ${formatChange((Number(cell.revenue) - then) / then)}`}
            </span>
            <span className="divided-track">
              <span style={{ width: `${share * 100}%` }} />
            </span>
          </td>
        )
      })}
    </tr>
  )
}
