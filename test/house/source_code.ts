/**
 * Just enough reading of TypeScript for the tidy rules, made for code that the formatter has laid
 * out. It is no parser: what it cannot tell apart it leaves as it is.
 */

const NO_CODE = new RegExp(
  [
    /\/\*[\s\S]*?\*\//,
    /\/\/[^\n]*/,
    /'(?:\\.|[^'\\\n])*'/,
    /"(?:\\.|[^"\\\n])*"/,
    /`(?:\\.|[^`\\])*`/,
    // A regular expression: a slash where no value stands that it could divide.
    /(?<=(?:[=(,:!&|?[{;]|=>|return)\s*|^\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'gm',
)

/** The text with comments and the insides of strings blanked; every line keeps its number. */
export function codeOf(text: string): string {
  return text.replace(NO_CODE, (part) => {
    if (part.startsWith('/')) return part.replace(/[^\n]/g, ' ')
    const quote = part.charAt(0)
    return quote + part.slice(1, -1).replace(/[^\n]/g, '_') + quote
  })
}

export interface FunctionPlace {
  /** From 1. */
  readonly line: number
  readonly lines: number
}

const START = /(\bfunction\b|=>\s*\{$|^\s+(?:static |async |get |set |\*)*[#\w]+\(.*\{$)/
const CONTROL = /^\s*(if|for|while|switch|catch|do|else|try|\} )\b/
/** A group of tests is no function to read at once. */
const GROUP = /^\s*describe\(/

/** Functions by indentation: from the line that opens one to the brace at the same depth. */
export function functionsOf(code: readonly string[]): readonly FunctionPlace[] {
  return code.flatMap((line, index) => {
    if (!START.test(line) || CONTROL.test(line) || GROUP.test(line)) return []
    const indent = line.length - line.trimStart().length
    const closing = new RegExp(`^\\s{${indent}}\\}`)
    const length = code.slice(index + 1).findIndex((later) => closing.test(later))
    return length < 0 ? [] : [{ line: index + 1, lines: length + 2 }]
  })
}
