/** The funnel once per value of a column, the largest first; each number opens its people. */
import { useMemo } from 'react'
import { Chart } from '../../parts/chart/chart.tsx'
import { type ChartSeries, highestShare, seriesChart } from '../../parts/chart/options.ts'
import { formatCount, formatShare, formatWord } from '../../parts/format.ts'
import { Grid, type GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { sayStep } from '../../parts/step_words.ts'
import type { Funnel } from './fields.ts'

type Told = NonNullable<Funnel['breakdown']>
type Part = Told['values'][number]

const nameOf = ({ value, is_other }: Part): string => (is_other ? 'other' : (value ?? '(none)'))

export function Breakdown({ funnel }: { readonly funnel: Funnel }) {
  const { breakdown } = funnel
  if (!breakdown) return null
  return <Parts breakdown={breakdown} funnel={funnel} />
}

function Parts({ breakdown, funnel }: { readonly breakdown: Told; readonly funnel: Funnel }) {
  const { by, values, other_values } = breakdown
  const columns = useMemo(() => columnsOf(by, funnel), [by, funnel])
  const option = useMemo(() => {
    const rates = values.map(({ conversion_rate }) => conversion_rate)
    const series: ChartSeries[] = [{ name: 'Conversion', draw: 'bars', values: rates }]
    return seriesChart({
      places: values.map(nameOf),
      ...{ format: formatShare, axisFormat: formatShare },
      ...{ direction: 'down', series, ...highestShare(series) },
    })
  }, [values])
  const title = `By ${formatWord(by)}`
  return (
    <>
      <Chart
        about="How many of those who began went all the way"
        columns={columns}
        height={Math.max(200, values.length * 36 + 40)}
        name={`Conversion ${title.toLowerCase()}`}
        option={option}
        rows={values}
        span={1}
      />
      <Panel
        about={
          <>
            {funnel.scope === 'person' ? 'People' : 'Sessions'} that reached each step
            {other_values > 0 && `; other are ${formatCount(other_values)} more values`}
          </>
        }
        span={2}
        title={title}
      >
        <Grid
          columns={columns}
          keyOf={(part) => `${part.is_other} ${part.value}`}
          name={`Funnel ${title.toLowerCase()}`}
          rows={values}
        />
      </Panel>
    </>
  )
}

function columnsOf(by: string, funnel: Funnel): readonly GridColumn<Part>[] {
  const steps = funnel.steps.map(({ event_type, filter, step }, at): GridColumn<Part> => {
    const title = sayStep(filter === null ? event_type : `${event_type}:${filter}`)
    return {
      ...{ name: `step_${step}`, title: formatWord(event_type ?? 'any event'), about: title },
      ...{ kind: 'count', value: (part) => part.steps[at]?.count },
      show: (part) => {
        const own = part.steps[at]
        if (!own || own.count === 0) return '0'
        return (
          <PeopleLink about={`reached ${title}; ${by}: ${nameOf(part)}`} path={own.people}>
            {formatCount(own.count)}
          </PeopleLink>
        )
      },
    }
  })
  return [
    { name: by, title: formatWord(by), value: nameOf },
    ...steps,
    {
      ...({ name: 'conversion', title: 'Conversion', kind: 'share' } as const),
      value: ({ conversion_rate }) => conversion_rate,
    },
  ]
}
