/** Which category and which currency are looked at. */
import type { Asking } from '../../api/use_answer.ts'
import { Select } from '../../parts/controls.tsx'
import { useFields } from '../../state/address.ts'
import type { Categories } from './answers.ts'
import { FIELDS } from './asked.ts'

const ALL = ''

interface ChooseProps {
  readonly categories: Asking<Categories>
}

export function ChooseCategory({ categories }: ChooseProps) {
  const [{ category }, change] = useFields(FIELDS)
  const { answer } = categories
  const known = answer?.categories.flatMap(({ category: name }) => (name === null ? [] : [name]))
  const names = [...new Set([...category, ...(known ?? [])])].toSorted()
  return (
    <Select
      name="Category"
      onChange={(value) => change({ category: value === ALL ? [] : [value] })}
      options={[
        { value: ALL, title: 'All categories' },
        ...names.map((value) => ({ value, title: value })),
      ]}
      value={category[0] ?? ALL}
    />
  )
}

/** Only where there are several: amounts of two currencies are never added up. */
export function ChooseCurrency({ categories }: ChooseProps) {
  const [{ currency }, change] = useFields(FIELDS)
  const { answer } = categories
  const known = (answer?.currencies ?? []).flatMap((name) => (name === null ? [] : [name]))
  const names = [...new Set([...known, ...(currency ? [currency] : [])])]
  if (names.length < 2) return null
  return (
    <Select
      name="Currency"
      onChange={(value) => change({ currency: value === names[0] ? '' : value })}
      options={names.map((value) => ({ value, title: value }))}
      value={currency || (names[0] ?? '')}
    />
  )
}
