/** Customers, buyers, those who came back to buy, and what they all are worth. */
import { Figure, Figures } from '../../parts/figure.tsx'
import { formatCount, formatMoney, formatShare, NOTHING } from '../../parts/format.ts'
import { Answered } from '../../parts/states.tsx'
import type { CustomerGroups as Groups, GroupsAsking } from './answers.ts'

const AGAINST = 'vs before'

/** By currency, the greatest first: amounts of several are never added up. */
function moneyOf({ groups }: Groups) {
  const sums = new Map<string | null, number>()
  for (const { currency, revenue } of groups.flatMap(({ money }) => money)) {
    sums.set(currency, (sums.get(currency) ?? 0) + Number(revenue))
  }
  return [...sums].toSorted(([, one], [, other]) => other - one)
}

const ordersOf = ({ groups }: Groups) => groups.reduce((sum, { orders }) => sum + orders, 0)
const repeatOf = ({ groups }: Groups) =>
  groups
    .filter(({ group }) => group === 'loyal' || group === 'returning')
    .reduce((sum, { customers }) => sum + customers, 0)

export function CustomerFigures({ now, before }: GroupsAsking) {
  // What is wrong is said beside the groups.
  if (now.state === 'refused') return null
  return (
    <Answered asking={now} height={112}>
      {(answer) => {
        const against = (of: (told: Groups) => number) =>
          before ? { change: { now: of(answer), before: of(before), against: AGAINST } } : {}
        const [money, ...others] = moneyOf(answer)
        const { customers, buyers } = answer
        return (
          <Figures>
            <Figure
              {...against((told) => told.customers)}
              name="Customers"
              value={formatCount(customers)}
            />
            <Figure
              {...against((told) => told.buyers)}
              about={`${formatShare(customers === 0 ? null : buyers / customers)} of them`}
              name="Have bought"
              value={formatCount(buyers)}
            />
            <Figure
              {...against(repeatOf)}
              about="two orders or more"
              name="Keep buying"
              value={formatCount(repeatOf(answer))}
            />
            <Figure
              {...against(ordersOf)}
              about="of all their time"
              name="Orders"
              value={formatCount(ordersOf(answer))}
            />
            <Figure
              about={others.map(([currency, sum]) => `+ ${formatMoney(sum, currency)}`).join(' ')}
              name="Have brought"
              value={money ? formatMoney(money[1], money[0]) : NOTHING}
            />
          </Figures>
        )
      }}
    </Answered>
  )
}
