/**
 * The words under which an identifier may stand in a text that nobody could read as an event: what
 * is quoted in JSON, a cell of CSV, a value of a query string, also percent-encoded, in Base64, or
 * in JSON within JSON. Words are whole: `u1` does not stand in `u10`.
 */

/** Texts within texts that are opened. */
const DEPTH_MAX = 4
/** Words of one text; what follows is not looked at. A text of an event holds far fewer. */
const WORDS_MAX = 50_000

const QUOTED = /"((?:[^"\\]|\\.)*)"/g
const BARE = /[^\s"'`,;=&?()[\]{}<>\\]+/g
const PUNCTUATION = /^[:./|!-]+|[:./|!-]+$/g
const PARTS = /[:/|#]/
/** What stands without quotes is taken for a quantity, or a price, up to this many digits. */
const QUANTITY = /^-?\d{1,5}$/
/** Base64 whose text begins with a bracket: `{` or `[`. */
const PACKED = /^[eW][w-z0-9+/_-][A-Za-z0-9+/_-]{6,}={0,2}$/

/** Every word once; a word may also be a phrase that stood in quotes. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>()
  collect(text, words, 0)
  return words
}

function collect(text: string, words: Set<string>, depth: number): void {
  if (words.size >= WORDS_MAX) return
  for (const [, quoted = ''] of text.matchAll(QUOTED)) addQuoted(quoted, words, depth)
  for (const [bare] of text.matchAll(BARE)) addBare(bare, words, depth)
}

function addQuoted(quoted: string, words: Set<string>, depth: number): void {
  const told = quoted.includes('\\') ? unescaped(quoted) : quoted
  if (words.has(told)) return
  words.add(told)
  if (told !== quoted || /[\s"=&%]/.test(told)) open(told, words, depth)
}

function addBare(bare: string, words: Set<string>, depth: number): void {
  const word = bare.replace(PUNCTUATION, '')
  if (word === '' || words.has(word) || QUANTITY.test(word)) return
  words.add(word)
  addDecoded(word, words, depth)
  for (const part of PARTS.test(word) ? word.split(PARTS) : []) {
    if (QUANTITY.test(part)) continue
    words.add(part)
    addDecoded(part, words, depth)
  }
  if (PACKED.test(word)) open(Buffer.from(word, 'base64').toString(), words, depth)
}

function addDecoded(word: string, words: Set<string>, depth: number): void {
  if (!word.includes('%') && !word.includes('+')) return
  for (const form of [word, word.replaceAll('+', ' ')]) {
    const told = decoded(form)
    if (told === word || words.has(told)) continue
    words.add(told)
    open(told, words, depth)
  }
}

function open(text: string, words: Set<string>, depth: number): void {
  if (depth < DEPTH_MAX) collect(text, words, depth + 1)
}

/** As it is where it is cut off in the midst of an escape. */
function unescaped(quoted: string): string {
  try {
    return JSON.parse(`"${quoted}"`) as string
  } catch {
    return quoted
  }
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}
