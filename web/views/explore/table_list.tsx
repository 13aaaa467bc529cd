/** Every table and stream by what it answers; found by any word of its name, text or columns. */
import { type TableInfo, useCatalogue } from '../../api/catalogue.ts'
import { formatSeveral, formatWord, sentence } from '../../parts/format.ts'
import { Panel, ViewHead } from '../../parts/layout.tsx'
import { Link } from '../../parts/link.tsx'
import { SearchBox } from '../../parts/search_box.tsx'
import { Answered, Empty } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { text } from '../../state/fields.ts'
import { Places } from './places.tsx'

const FIELDS = { search: text() } as const

export function TableList() {
  const catalogue = useCatalogue()
  const [{ search }, change] = useFields(FIELDS)
  return (
    <>
      <ViewHead about="Any table as rows or as a chart; or SQL over all of them." title="Explore">
        <Places />
        <SearchBox
          hint="Table or column"
          name="Search tables and columns"
          onChange={(value) => change({ search: value }, 'replace')}
          value={search}
        />
      </ViewHead>
      <Answered asking={catalogue} height={500}>
        {({ tables }) => {
          const found = tables.filter((table) => isFound(table, search))
          if (found.length === 0) {
            return (
              <Empty height={240} title={`No table has "${search}" in it`}>
                Search for a part of a name, such as price.
              </Empty>
            )
          }
          return (
            <>
              <Group
                about="Kept up to date with every event; their changes can be followed."
                tables={found.filter(({ kind }) => kind === 'table')}
                title="Answers"
              />
              <Group
                about="What they are made of: events, orders, products, customers."
                tables={found.filter(({ kind }) => kind !== 'table')}
                title="Rows"
              />
            </>
          )
        }}
      </Answered>
    </>
  )
}

/** Every word somewhere. */
function isFound({ name, answers, columns }: TableInfo, search: string): boolean {
  const words = [name, formatWord(name), answers, ...columns.map((column) => column.name)]
  const all = words.join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

interface GroupProps {
  readonly title: string
  readonly about: string
  readonly tables: readonly TableInfo[]
}

function Group({ title, about, tables }: GroupProps) {
  if (tables.length === 0) return null
  return (
    <div className="table-group">
      <Panel about={about} title={title}>
        <ul className="table-list">
          {tables.map(({ name, answers, columns }) => (
            <li key={name}>
              <Link rest={[name]} to="explore">
                {formatWord(name)}
              </Link>
              <p>{sentence(answers)}</p>
              <p className="note">{formatSeveral(columns.length, 'column')}</p>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}
