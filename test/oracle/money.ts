/**
 * Money as whole ten-thousandths in a BigInt, so that the oracle never rounds by accident. It reads
 * decimal text and JSON numbers; it refuses everything that is not a finite decimal.
 */
export type Units = bigint

export const UNITS_PER_ONE = 10_000
const DIGITS = 4
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

interface Decimal {
  readonly negative: boolean
  /** All digits, and how many of them stand after the point. */
  readonly digits: string
  readonly places: number
}

function decimalOf(value: string | number): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? []
  if (sign === undefined) throw new Error(`${JSON.stringify(value)} is no decimal number.`)
  const places = fraction.length - Number(exponent)
  const digits = whole + fraction
  // A large exponent leaves places below zero: the missing zeros are written out.
  const filled = places < 0 ? digits + '0'.repeat(-places) : digits
  return { negative: sign === '-', digits: filled, places: Math.max(places, 0) }
}

/** Ten-thousandths of a decimal; beyond four places it is rounded, half away from zero. */
export function units(value: string | number): Units {
  const { negative, digits, places } = decimalOf(value)
  const scale = 10n ** BigInt(places)
  const magnitude = (BigInt(digits) * BigInt(UNITS_PER_ONE) * 2n + scale) / (scale * 2n)
  return negative ? -magnitude : magnitude
}

/** The amount as a double, for ratios and means. */
export function asNumber(amount: Units): number {
  return Number(amount) / UNITS_PER_ONE
}

/** Null where the amount is absent. */
export function unitsOrNull(value: string | number | null | undefined): Units | null {
  return value === null || value === undefined ? null : units(value)
}

/** Whether the decimal needs no more than four places, so that `units` loses nothing. */
export function isExact(value: string | number): boolean {
  const { digits, places } = decimalOf(value)
  return places <= DIGITS || /^0*$/.test(digits.slice(DIGITS - places))
}

/** The amount with its four places: -10500n is `-1.0500`. */
export function decimalText(amount: Units): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(DIGITS + 1, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`
}

export function decimalTextOrNull(amount: Units | null): string | null {
  return amount === null ? null : decimalText(amount)
}

/** price x quantity; a price without a quantity is one unit, no price is no value. */
export function valueOfLine(price: Units | null, quantity: number | null): Units | null {
  return price === null ? null : price * BigInt(quantity ?? 1)
}

/** The sum of what is there; null, not zero, where nothing is. */
export function sumUnits(amounts: Iterable<Units | null>): Units | null {
  let sum: Units | null = null
  for (const amount of amounts) {
    if (amount !== null) sum = (sum ?? 0n) + amount
  }
  return sum
}
