/** How many customers there are, in which groups by how they behave, and who they are. */
import { Select } from '../../parts/controls.tsx'
import { FilterBar } from '../../parts/filter_bar.tsx'
import { Panels, ViewHead } from '../../parts/layout.tsx'
import { PeriodBar } from '../../parts/period_bar.tsx'
import { useFields } from '../../state/address.ts'
import { useGroups } from './answers.ts'
import { FIELDS, FILTERS, LAPSED_DAYS, useCustomersAsked } from './asked.ts'
import { CustomerFigures } from './customer_figures.tsx'
import { CustomerList } from './customer_list.tsx'
import { Groups } from './groups.tsx'
import { GroupsBy } from './groups_by.tsx'
import './customers.css'

export function AllCustomers() {
  const asked = useCustomersAsked()
  const [{ lapsed_days, by }, change] = useFields(FIELDS)
  const groups = useGroups(asked, by)
  const days = [...new Set([...LAPSED_DAYS, lapsed_days])].toSorted((one, other) => one - other)
  return (
    <>
      <ViewHead
        about="Everybody who was seen in this time, grouped by how they behave."
        title="Customers"
      >
        <FilterBar columns={FILTERS} />
        <Select
          name="Lapsed after"
          onChange={(value) => change({ lapsed_days: Number(value) })}
          options={days.map((value) => ({
            value: String(value),
            title: `Lapsed after ${value} days`,
          }))}
          value={String(lapsed_days)}
        />
        <PeriodBar />
      </ViewHead>
      <CustomerFigures {...groups} />
      <Panels>
        <Groups {...groups} />
        <GroupsBy asking={groups.now} />
        <CustomerList asked={asked} />
      </Panels>
    </>
  )
}
