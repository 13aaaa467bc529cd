/** What becomes of a record, in the order in which it is told. */
import type { Answer } from '../../api/routes.ts'

export type Ledger = Answer<'/api/ledger'>
export type LedgerRow = Ledger['rows'][number]

export const OUTCOMES = [
  'stored',
  'duplicate',
  'invalid',
  'filtered',
  'erased',
  'lost_to_damage',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export const ABOUT: Readonly<Record<Outcome, string>> = {
  stored: 'in the tables, once',
  duplicate: 'a copy of one that is stored',
  invalid: 'could not be understood; kept with the reason',
  filtered: 'not wanted, such as bots; kept apart',
  erased: 'of a person who was erased',
  lost_to_damage: 'lost to a damaged disk and given up by hand',
}

/** The last only where somebody gave records up. */
export function outcomesOf(totals: Ledger['totals']): readonly Outcome[] {
  return OUTCOMES.filter((outcome) => outcome !== 'lost_to_damage' || totals[outcome] > 0)
}

/** Copies are counted and not kept a second time; what was lost is not there. */
export type Kept = Exclude<Outcome, 'duplicate' | 'lost_to_damage'>
export const isKept = (outcome: Outcome): outcome is Kept =>
  outcome !== 'duplicate' && outcome !== 'lost_to_damage'
