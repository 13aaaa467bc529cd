/**
 * How identifiers may stand in the bytes of a file: as they are, as JSON (also within JSON),
 * percent encoded, in Base64. Made for looking whether anything is left; what is taken out is found
 * by reading records, see model/erasure.ts.
 */

export interface BytePattern {
  readonly bytes: Buffer
  /** `words`: letters and digits beside it make it another one. */
  readonly edges: 'words' | 'any'
}

/** Shorter ones stand in any file of numbers by chance. */
const PACKED_LENGTH_MIN = 8
/** Two values may stand side by side there: an edge proves nothing, so few bytes prove nothing. */
const BINARY_WORD_LENGTH_MIN = 6
const BINARY_LENGTH_MIN = 12

const quoted = (text: string) => JSON.stringify(text).slice(1, -1)
const escaped = (text: string) =>
  quoted(text).replace(/[^\0-\x7f]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })

/** The forms of an identifier in text. */
function textForms(identifier: string): readonly string[] {
  const percent = encodeURIComponent(identifier.toWellFormed())
  const forms = [
    ...[identifier, quoted(identifier), quoted(quoted(identifier))],
    ...[escaped(identifier), quoted(escaped(identifier))],
    ...[percent, percent.replace(/%../g, (sign) => sign.toLowerCase())],
    ...[percent.replaceAll('%20', '+'), percent.replaceAll('%40', '@')],
  ]
  return [...new Set(forms)]
}

/** What Base64 makes of an identifier wherever it begins, less what its neighbours change. */
function packedForms(identifier: string): readonly string[] {
  const bytes = Buffer.from(identifier)
  return [0, 1, 2]
    .map((shift) => {
      const packed = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
      const from = Math.ceil((shift * 8) / 6)
      return packed.slice(from, Math.floor(((shift + bytes.length) * 8) / 6))
    })
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
    .filter((form) => form.length >= PACKED_LENGTH_MIN)
}

export function bytePatterns(
  identifiers: readonly string[],
  file: 'text' | 'binary',
): readonly BytePattern[] {
  const forms = identifiers.flatMap(textForms).map((form): BytePattern => {
    const isLong = file === 'binary' && form.length >= BINARY_LENGTH_MIN
    return { bytes: Buffer.from(form), edges: isLong ? 'any' : 'words' }
  })
  const packed = identifiers.flatMap(packedForms).map((form): BytePattern => {
    return { bytes: Buffer.from(form), edges: 'any' }
  })
  return [...forms, ...packed].filter(({ bytes }) => {
    return file === 'text' || bytes.length >= BINARY_WORD_LENGTH_MIN
  })
}

const isWordSign = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a))

/** How often a pattern begins in [0, before) of the bytes. */
export function occurrences(bytes: Buffer, before: number, pattern: BytePattern): number {
  let found = 0
  for (let at = bytes.indexOf(pattern.bytes); at >= 0 && at < before; ) {
    const end = at + pattern.bytes.length
    const joins = (inside: number | undefined, outside: number | undefined) =>
      isWordSign(inside) && isWordSign(outside)
    const isPart =
      pattern.edges === 'words' &&
      (joins(bytes[at], bytes[at - 1]) || joins(bytes[end - 1], bytes[end]))
    if (!isPart) found += 1
    at = bytes.indexOf(pattern.bytes, at + 1)
  }
  return found
}

/** The same in a value of a table, as a regular expression of RE2. */
export function valuePattern(identifiers: readonly string[]): string {
  const forms = [...new Set(identifiers.flatMap(textForms))].map((form) =>
    form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'),
  )
  return `(^|[^0-9A-Za-z])(${forms.join('|')})($|[^0-9A-Za-z])`
}
