/**
 * Who comes to the realistic shop. A persona says how a kind of people shops; a shopper is one
 * person, who lives as long as they keep coming back.
 */
import { Random } from '../random.ts'
import { WeightedChoice } from '../weighted_choice.ts'
import type { Catalog, Product } from './catalog.ts'
import type { Category } from './categories.ts'

export interface Persona {
  readonly name: string
  readonly share: number
  /** Rounds of looking for something in one visit. */
  readonly rounds: number
  /** Chance that a product seen goes into the cart (times the product's appeal). */
  readonly cart: number
  /** Chance that a visit with something in the cart goes to the checkout. */
  readonly checkout: number
  /** What is felt to be dear; beyond it the chance of buying falls. */
  readonly dear: number
  /** Days until the next visit, the middle. */
  readonly return_days: number
  /** Chance never to come back after a visit. */
  readonly leave: number
  readonly registered: number
}

const PERSONAS: readonly Persona[] = [
  {
    name: 'window_shopper',
    share: 46,
    rounds: 1.6,
    cart: 0.02,
    checkout: 0.25,
    dear: 80,
    return_days: 6,
    leave: 0.45,
    registered: 0.15,
  },
  {
    name: 'bargain_hunter',
    share: 26,
    rounds: 3.2,
    cart: 0.06,
    checkout: 0.35,
    dear: 40,
    return_days: 3,
    leave: 0.22,
    registered: 0.5,
  },
  {
    name: 'loyal_customer',
    share: 13,
    rounds: 2.1,
    cart: 0.12,
    checkout: 0.62,
    dear: 150,
    return_days: 4,
    leave: 0.05,
    registered: 0.95,
  },
  {
    name: 'one_time_buyer',
    share: 15,
    rounds: 1.8,
    cart: 0.14,
    checkout: 0.55,
    dear: 400,
    return_days: 20,
    leave: 0.7,
    registered: 0.3,
  },
]
const PERSONA = new WeightedChoice(
  PERSONAS,
  PERSONAS.map((persona) => persona.share),
)
const DEVICE = new WeightedChoice(['mobile', 'desktop', 'tablet'], [58, 36, 6])
const GENDER = new WeightedChoice(['female', 'male', 'other'], [52, 46, 2])
const CITIES: readonly (readonly [string, string])[] = [
  ['Hamburg', 'DE'],
  ['Leipzig', 'DE'],
  ['Lyon', 'FR'],
  ['Nantes', 'FR'],
  ['Ghent', 'BE'],
  ['Porto', 'PT'],
  ['Valencia', 'ES'],
  ['Turin', 'IT'],
  ['Graz', 'AT'],
  ['Utrecht', 'NL'],
  ['Aarhus', 'DK'],
  ['Tampere', 'FI'],
]

export interface Device {
  readonly anonymous_id: string
  readonly device_type: string
}

export interface Shopper {
  readonly persona: Persona
  readonly user_id: string
  /** One or two browsers; the site does not know that they belong together until a login. */
  readonly devices: readonly Device[]
  readonly favourites: readonly Category[]
  readonly traits: Readonly<Record<string, string | number>>
  /** Has an account. */
  registered: boolean
  /** Browsers in which the account is logged in. */
  readonly loggedIn: Set<Device>
  /** Left in the cart by an earlier visit; they come back to look at it. */
  left: readonly Product[]
  /** Bought and not reviewed yet; at most three. */
  bought: readonly Product[]
  visits: number
}

/** The same number is always the same person for the same seed, whenever the shop is opened. */
export function makeShopper(seed: string | number, number: number, catalog: Catalog): Shopper {
  const random = new Random(`${seed}/shopper/${number}`)
  const persona = PERSONA.pick(random)
  const registered = random.chance(persona.registered)
  const [city, country] = random.pick(CITIES)
  const devices = Array.from({ length: random.chance(0.18) ? 2 : 1 }, () => ({
    anonymous_id: random.uuid(),
    device_type: DEVICE.pick(random),
  }))
  return {
    persona,
    user_id: `user-${String(number).padStart(6, '0')}`,
    devices,
    favourites: Array.from({ length: 3 }, () => catalog.categories.pick(random)),
    traits: { gender: GENDER.pick(random), birth_year: random.integer(1948, 2006), city, country },
    registered,
    loggedIn: new Set(),
    left: [],
    bought: registered && random.chance(0.5) ? [catalog.pick(random)] : [],
    visits: 0,
  }
}
