/** What buyers write: words that fit the stars they give, so that a reader of moods has work. */
import type { Random } from '../random.ts'
import type { Product } from './catalog.ts'

const OPENINGS = {
  good: ['Love it', 'Excellent', 'Very happy with this', 'Great value', 'Exactly as described'],
  fair: ['It is okay', 'Decent for the price', 'Not bad, not great', 'Does what it should'],
  poor: ['Very disappointed', 'Broke after a week', 'Would not buy again', 'A waste of money'],
} as const
const DETAILS = {
  good: [
    'Works perfectly and looks beautiful.',
    'Arrived a day early and well packed.',
    'My whole family uses it every day.',
    'The quality is much better than I expected.',
    'I have already recommended it to friends.',
  ],
  fair: [
    'Delivery took longer than promised.',
    'The colour is not quite that of the picture.',
    'Good enough, but the manual is useless.',
    'I expected a little more for this price.',
  ],
  poor: [
    'It arrived damaged and support never answered.',
    'Cheap material and an awful smell.',
    'The size is wrong and returning it is a pain.',
    'Stopped working on the second day.',
    'Terrible quality, nothing like the photos.',
  ],
} as const

export interface Review {
  /** 1 to 5. */
  readonly rating: number
  /** Absent where somebody gives stars and no words. */
  readonly review_text?: string
}

export function writeReview(random: Random, product: Product): Review {
  const around = product.stars + (random.float() + random.float() - 1) * 2.2
  const rating = Math.min(5, Math.max(1, Math.round(around)))
  if (random.chance(0.3)) return { rating }
  const mood = rating >= 4 ? 'good' : rating === 3 ? 'fair' : 'poor'
  const opening = random.pick(OPENINGS[mood])
  const details = random.pick(DETAILS[mood])
  return { rating, review_text: `${opening}: the ${product.category.noun}. ${details}` }
}
