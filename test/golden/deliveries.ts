/**
 * The ways in which the same records reach the tables. Each gives batches: after every one the
 * tables catch up. All that is random comes from a seed.
 */
import { type Random, seededRandom, shuffled } from '../oracle/random.ts'
import type { GoldenRecord, Scenario } from './scenario.ts'

export type Batches = readonly (readonly GoldenRecord[])[]

/** In which order the different records come first, and whether some come again. */
interface Manner {
  readonly order: 'as told' | 'another'
  readonly copies: 'none' | 'some'
}

export interface Delivery extends Manner {
  readonly name: string
  batches(scenario: Scenario, random: Random): Batches
}

/** About so many batches, whatever the size of the scenario: each costs a tenth of a second. */
const BATCHES = 2
const HELD_BACK_SHARE = 0.3
/** How much later a copy is received, as after a lost answer. */
const RETRY_MS = 90_000

const all = ({ batches }: Scenario): readonly GoldenRecord[] =>
  batches.flat().map(({ record }) => record)

/** The records cut at random into about as many batches. */
export function cut(records: readonly GoldenRecord[], random: Random, batches = BATCHES): Batches {
  const size_max = Math.ceil((2 * records.length) / batches)
  const parts: (readonly GoldenRecord[])[] = []
  for (let at = 0; at < records.length; at += parts.at(-1)?.length ?? 0) {
    parts.push(records.slice(at, at + 1 + random.below(size_max)))
  }
  return parts
}

function receivedAgain(record: GoldenRecord): GoldenRecord {
  const received_ms = Date.parse(String(record.received_at))
  return { ...record, received_at: new Date(received_ms + RETRY_MS).toISOString() }
}

/** Every record, and each again at some later place. */
function withCopies(records: readonly GoldenRecord[], random: Random): readonly GoldenRecord[] {
  const told = [...records]
  for (const record of records) {
    const after = told.indexOf(record) + 1
    told.splice(after + random.below(told.length - after + 1), 0, receivedAgain(record))
  }
  return told
}

function withSomeLast(records: readonly GoldenRecord[], random: Random): Batches {
  const held = new Set(records.filter(() => random.chance(HELD_BACK_SHARE)))
  const first = records.filter((record) => !held.has(record))
  return [...cut(first, random), [...held]].filter((batch) => batch.length > 0)
}

const AS_TOLD: Manner = { order: 'as told', copies: 'none' }

export const straight: Delivery = {
  name: 'straight',
  ...AS_TOLD,
  batches: ({ batches }) => batches.map((batch) => batch.map(({ record }) => record)),
}

/** The others. A rebuild, which takes all of the log in one batch, is one more way to split. */
export const DELIVERIES: readonly Delivery[] = [
  {
    name: 'in other batches',
    ...AS_TOLD,
    batches: (scenario, random) => cut(all(scenario), random, 5),
  },
  {
    name: 'shuffled',
    order: 'another',
    copies: 'none',
    batches: (scenario, random) => {
      return cut(shuffled(all(scenario), random.below(2 ** 31)), random)
    },
  },
  {
    name: 'duplicated',
    order: 'as told',
    copies: 'some',
    batches: (scenario, random) => cut(withCopies(all(scenario), random), random),
  },
  {
    name: 'late',
    order: 'another',
    copies: 'none',
    batches: (scenario, random) => withSomeLast(all(scenario), random),
  },
]

/** One for each scenario and delivery, so that a further scenario changes no other. */
export function randomFor(seed: number, ...words: readonly string[]): Random {
  const mix = (sum: number, sign: string) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0
  return seededRandom([...words.join(' ')].reduce(mix, seed))
}
