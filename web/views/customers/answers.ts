/** What several parts of this view show is asked once, by the view. */
import type { Answer } from '../../api/routes.ts'
import { type Asking, useAnswer } from '../../api/use_answer.ts'
import type { AskedTimes, Breakdown } from './asked.ts'

export type CustomerGroups = Answer<'/api/customer_groups'>
export type Group = CustomerGroups['groups'][number]

export interface GroupsAsking {
  readonly now: Asking<CustomerGroups>
  /** Of the time before; undefined where nothing is compared. */
  readonly before: CustomerGroups | undefined
}

export function useGroups(asked: AskedTimes | null, by: Breakdown): GroupsAsking {
  const parts = by === 'none' ? {} : { by }
  const now = useAnswer('/api/customer_groups', asked && { ...asked.now, ...parts })
  const past = useAnswer('/api/customer_groups', asked?.before ?? null)
  return { now, before: asked?.before ? past.answer : undefined }
}
