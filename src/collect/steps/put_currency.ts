import type { CanonicalEvent } from '../../model/record.ts'
import { invalid, step } from './step.ts'

const THREE_LETTERS = /^[A-Z]{3}$/

function holdsMoney(event: CanonicalEvent): boolean {
  if (event.price !== undefined || event.revenue !== undefined) return true
  return event.items?.some((line) => line.price !== undefined) ?? false
}

export const putCurrency = step(
  'put_currency',
  'writes the currency in capitals; where an event with money names none, the setting `currency`',
  (event, { settings }) => {
    if (event.currency === undefined) {
      if (settings.currency !== '' && holdsMoney(event)) event.currency = settings.currency
      return event
    }
    const currency = String(event.currency).toUpperCase()
    if (!THREE_LETTERS.test(currency)) {
      return invalid('wrong_type', `currency is "${currency}"; it must be three letters (ISO 4217)`)
    }
    event.currency = currency
    return event
  },
)
