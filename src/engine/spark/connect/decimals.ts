/** Decimals as text and as Arrow's four little-endian words of a 128-bit integer. */
import { SparkError } from './errors.ts'

const WORDS = 4
const WORD_BITS = 32n
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/

/** `-12.3400` for scale 4: all digits of the scale, as Spark writes them. */
export function decimalText(words: Uint32Array, scale: number): string {
  let unscaled = 0n
  for (let at = WORDS - 1; at >= 0; at -= 1)
    unscaled = (unscaled << WORD_BITS) | BigInt(words[at] ?? 0)
  unscaled = BigInt.asIntN(128, unscaled)
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  if (scale === 0) return `${sign}${digits}`
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Refuses what would lose digits. */
export function decimalWords(text: string, precision: number, scale: number): Uint32Array {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? []
  const digits = `${whole}${fraction.padEnd(scale, '0')}`.replace(/^0+/, '')
  const trimmed = fraction.replace(/0+$/, '')
  const fits = digits.length <= precision && trimmed.length <= scale
  if (`${whole}${fraction}` === '' || !fits) {
    throw new SparkError('argument', `${text} does not fit decimal(${precision},${scale}).`)
  }
  const unscaled = BigInt(`${whole}${trimmed.padEnd(scale, '0')}`)
  let rest = BigInt.asUintN(128, sign === '-' ? -unscaled : unscaled)
  return Uint32Array.from({ length: WORDS }, () => {
    const word = Number(rest & 0xffffffffn)
    rest >>= WORD_BITS
    return word
  })
}
