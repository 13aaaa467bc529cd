/**
 * Groups of customers by how they behave: each customer is in exactly one, the first whose
 * condition holds. Plain rules over customer_features, so that anybody can check by hand who is
 * where.
 */
export interface CustomerGroup {
  readonly name: string
  /** Who they are, in words. */
  readonly about: (lapsed_days: number) => string
  /** Over the columns of customer_features. */
  readonly condition: (lapsed_days: number) => string
}

export const LAPSED_DAYS_PARAMETER = {
  type: 'integer',
  ...{ min: 1, max: 3_650, default: '90' },
  about: 'Days without an order after which a buyer counts as lapsed.',
} as const

export const CUSTOMER_GROUPS = Object.freeze<CustomerGroup[]>([
  {
    name: 'lapsed',
    about: (days) => `Bought before, but not in the last ${days} days.`,
    condition: (days) => `orders > 0 AND days_since_last_order > ${days}`,
  },
  {
    name: 'loyal',
    about: (days) => `Three orders or more, the last one within ${days} days.`,
    condition: () => 'orders >= 3',
  },
  {
    name: 'returning',
    about: (days) => `Two orders, the last one within ${days} days.`,
    condition: () => 'orders = 2',
  },
  {
    name: 'first_order',
    about: (days) => `One order, within the last ${days} days.`,
    condition: () => 'orders = 1',
  },
  {
    name: 'left_cart',
    about: () => 'No order yet; left a cart behind.',
    condition: () => 'carts_abandoned > 0',
  },
  {
    name: 'came_back',
    about: () => 'No order and no cart left behind; came more than once.',
    condition: () => 'sessions > 1',
  },
  {
    name: 'one_visit',
    about: () => 'No order and no cart left behind; came once.',
    condition: () => 'TRUE',
  },
])

export const GROUP_NAMES: readonly string[] = CUSTOMER_GROUPS.map(({ name }) => name)

/** What `groupSql` reads. */
export const GROUP_COLUMNS = ['orders', 'days_since_last_order', 'carts_abandoned', 'sessions']

/** The name of a row's group. */
export function groupSql(lapsed_days: number): string {
  const cases = CUSTOMER_GROUPS.map(({ name, condition }) => {
    return `WHEN ${condition(lapsed_days)} THEN '${name}'`
  })
  return `CASE ${cases.join(' ')} END`
}
