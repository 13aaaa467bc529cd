/** The groups as cards: who they are, how many, what they are worth. A card chooses its group. */
import { Badge, IconButton } from '../../parts/controls.tsx'
import { formatChange, formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import type { GridColumn } from '../../parts/grid.tsx'
import { Panel } from '../../parts/layout.tsx'
import { PeopleLink } from '../../parts/people.tsx'
import { saveRows } from '../../parts/save.ts'
import { Answered } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import type { Group, GroupsAsking } from './answers.ts'
import { LIST_FIELDS } from './customer_list.tsx'
import { groupKind, groupTitle } from './group_words.ts'

const NAME = 'Groups by behaviour'

export const moneyWords = ({ money }: Pick<Group, 'money'>): string =>
  money.map(({ currency, revenue }) => formatMoney(revenue, currency)).join(' + ')

const COLUMNS: readonly GridColumn<Group>[] = [
  { name: 'group', title: 'Group', value: ({ group }) => group },
  { name: 'about', title: 'Who they are', value: ({ about }) => about },
  { name: 'customers', title: 'Customers', kind: 'count', value: ({ customers }) => customers },
  { name: 'share', title: 'Share', kind: 'share', value: ({ share }) => share },
  { name: 'orders', title: 'Orders', kind: 'count', value: ({ orders }) => orders },
  { name: 'revenue', title: 'Revenue', value: moneyWords },
]

export function Groups({ now, before }: GroupsAsking) {
  return (
    <Panel
      about="Each customer is in the first group whose words hold. Choose one to see who is in it."
      actions={
        <IconButton
          icon="download"
          name={`${NAME}: save as CSV`}
          onClick={() => now.answer && saveRows(NAME, COLUMNS, now.answer.groups)}
        />
      }
      title={NAME}
    >
      <Answered asking={now} height={270}>
        {({ groups }) => (
          <ul className="groups">
            {groups.map((group) => (
              <Card
                before={before?.groups.find((other) => other.group === group.group)}
                group={group}
                key={group.group}
              />
            ))}
          </ul>
        )}
      </Answered>
    </Panel>
  )
}

interface CardProps {
  readonly group: Group
  readonly before: Group | undefined
}

function Card({ group, before }: CardProps) {
  const [{ group: chosen }, change] = useFields(LIST_FIELDS)
  const { group: name, about, customers, share, people } = group
  const isChosen = chosen.includes(name)
  const moved =
    before && before.customers > 0
      ? `${formatChange((customers - before.customers) / before.customers)} vs before`
      : ''
  return (
    <li data-chosen={isChosen}>
      <button
        aria-pressed={isChosen}
        className="group-name"
        onClick={() => change({ group: isChosen ? [] : [name] })}
        type="button"
      >
        <Badge kind={groupKind(name)}>{groupTitle(name)}</Badge>
      </button>
      <p className="group-count number">
        {customers === 0 ? (
          formatCount(0)
        ) : (
          <PeopleLink about={about} path={people}>
            {formatCount(customers)}
          </PeopleLink>
        )}
        <span className="note">{formatShare(share)}</span>
      </p>
      <p className="group-track">{!!share && <span style={{ width: `${share * 100}%` }} />}</p>
      <p className="note">{about}</p>
      <p className="note number">
        {[moneyWords(group), moved].filter((word) => word !== '').join(' · ')}
      </p>
    </li>
  )
}
