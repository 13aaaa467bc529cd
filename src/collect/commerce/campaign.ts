/** The campaign that brought a visitor, as the address of the page tells it. */
import { events } from '../../model/events.ts'
import { columnReader } from '../columns.ts'
import type { Target } from '../fields.ts'
import { Dropped } from '../steps/step.ts'

const { utm_source, utm_medium, utm_campaign, utm_term, utm_content } = events.declaration.columns
const CAMPAIGN = { utm_source, utm_medium, utm_campaign, utm_term, utm_content }
const READERS = Object.entries(CAMPAIGN).map(([name, column]) => {
  return [name, columnReader(name, column)] as const
})

/**
 * Fills the `utm_*` columns that are not filled yet. An address that cannot be read tells nothing.
 */
export function putCampaign(target: Target): void {
  const { page_url } = target
  if (typeof page_url !== 'string' || !page_url.includes('utm_')) return
  const from = page_url.indexOf('?')
  if (from === -1) return
  const query = new URLSearchParams(page_url.slice(from + 1).replace(/#.*$/, ''))
  for (const [name, read] of READERS) {
    const value = query.get(name)
    if (!value || target[name] !== undefined) continue
    const text = read?.(value)
    if (!(text instanceof Dropped)) target[name] = text
  }
}
