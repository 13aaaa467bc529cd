/** What groups of customers are called on the page; the API says in a sentence who they are. */
const TITLES: Readonly<Record<string, string>> = {
  lapsed: 'Lapsed',
  loyal: 'Loyal',
  returning: 'Returning',
  first_order: 'First order',
  left_cart: 'Left a cart',
  came_back: 'Came back',
  one_visit: 'One visit',
}

export const groupTitle = (group: string): string => TITLES[group] ?? group

/** Who is worth keeping, and who is about to be lost. */
export function groupKind(group: string): 'plain' | 'good' | 'warn' {
  if (group === 'loyal' || group === 'returning') return 'good'
  return group === 'lapsed' || group === 'left_cart' ? 'warn' : 'plain'
}
