/**
 * Where in a query a mistake is, so that an editor can mark it: DuckDB tells bytes of the text, or
 * a line drawn with a caret below it; people and editors count characters.
 */
import { ClickpathError } from '../std/errors.ts'

/** A query that was not run, and, where it is known, the character at which it is wrong. */
export class SqlRefusal extends ClickpathError {
  /** From 0; undefined where no single place is wrong. */
  readonly position: number | undefined

  constructor(reason: string, position?: number) {
    super('SQL_REFUSED', reason)
    this.position = position
  }
}

/** Tricky: DuckDB counts bytes of UTF-8, and says 2^64-1 where it does not know. */
export function characterAt(sql: string, bytes: unknown): number | undefined {
  const at = Number(bytes)
  const text = Buffer.from(sql)
  if (bytes === undefined || !Number.isInteger(at) || at < 0 || at > text.length) return undefined
  return text.subarray(0, at).toString().length
}

const DRAWN = /\n\s*LINE (\d+): (.*)\n( *)\^\s*$/s
const CUT = '...'

/**
 * What a message of DuckDB's says without its drawing, and the place that the drawing shows.
 * `lines_before` of the text that ran stood before the query itself.
 */
export function readDrawing(
  message: string,
  sql: string,
  lines_before: number,
): { readonly reason: string; readonly position: number | undefined } {
  const found = DRAWN.exec(message)
  if (!found) return { reason: oneLine(message), position: undefined }
  const [drawing, number = '', shown = '', margin = ''] = found
  const reason = oneLine(message.slice(0, message.length - drawing.length))
  const lines = sql.split('\n')
  const at = Number(number) - 1 - lines_before
  const line = lines[at]
  if (line === undefined) return { reason, position: undefined }
  const column = margin.length - `LINE ${number}: `.length
  const begun = lines.slice(0, at).join('\n').length + (at > 0 ? 1 : 0)
  if (!shown.startsWith(CUT)) return { reason, position: begun + Math.max(0, column) }
  // Of a long line only a part is drawn.
  const part = shown.slice(CUT.length).replace(/\.\.\.$/, '')
  const offset = line.indexOf(part)
  return { reason, position: offset < 0 ? begun : begun + offset + column - CUT.length }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
