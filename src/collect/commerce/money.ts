/**
 * Money as shops' programs write it: a number, its text, or text with a currency sign and marks
 * between the thousands. What could mean two amounts is not guessed.
 */

const AMOUNT = /^(-?)\s*\p{Sc}?\s*(-?)([0-9][0-9.,' \u00a0\u202f]*)\s*(?:\p{Sc}|[A-Za-z]{3})?$/u
const CODE_BEFORE = /^[A-Za-z]{3}\s*(?=[-0-9])/
const GROUPED_POINT = /^[0-9]{1,3}(?:([,' \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*)(?:\.[0-9]{1,15})?$/
const GROUPED_COMMA = /^[0-9]{1,3}(?:([.' \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*),[0-9]{1,15}$/
const PLAIN_COMMA = /^[0-9]+,(?:[0-9]{1,2}|[0-9]{4,15})$/

/** A text that the column's own reader takes as it stands. */
function isPlain(text: string): boolean {
  for (let at = text[0] === '-' ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 48 || code > 57) && code !== 46) return false
  }
  return true
}

/** The digits as a decimal with a point; undefined when the marks could mean two amounts. */
function decimalOf(digits: string): string | undefined {
  if (isPlain(digits)) return digits
  // Tricky: "1,299" is read as a thousand or as one, by country; nobody here can know.
  const isOneComma = /^[0-9]{1,3},[0-9]{3}$/.test(digits)
  if (!isOneComma && GROUPED_POINT.test(digits)) return digits.replace(/[^0-9.]/g, '')
  if (GROUPED_COMMA.test(digits)) return digits.replace(/[^0-9,]/g, '').replace(',', '.')
  if (PLAIN_COMMA.test(digits)) return digits.replace(',', '.')
  return undefined
}

/** Money ready for a decimal column; what cannot be read comes back as it was, to be refused. */
export function moneyOf(value: unknown): unknown {
  if (typeof value !== 'string' || isPlain(value)) return value
  if (value.length > 64) return value
  const amount = AMOUNT.exec(value.trim().replace(CODE_BEFORE, ''))
  const decimal = amount?.[3] && decimalOf(amount[3].trim())
  if (!decimal) return value
  return amount[1] || amount[2] ? `-${decimal}` : decimal
}
