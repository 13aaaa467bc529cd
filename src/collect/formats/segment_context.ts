/**
 * The circumstances of a call: the page it was made on, the campaign that led there, the device.
 * What has no column stays as the property `context`, in its own shape.
 */
import { events } from '../../model/events.ts'
import { type ColumnReader, columnReader } from '../columns.ts'
import { putOwn, putProperty, type Target } from '../fields.ts'
import { Dropped } from '../steps/step.ts'

interface ContextField {
  readonly column: string
  readonly read: ColumnReader
}

/** A field that is a column, or an object with some that are. */
type ContextTable = ReadonlyMap<string, ContextField | ContextTable>

function fieldOf(column: keyof typeof events.declaration.columns): ContextField {
  const read = columnReader(column, events.declaration.columns[column])
  if (!read) throw new Error(`No client sends ${column}.`)
  return { column, read }
}

const CONTEXT: ContextTable = new Map<string, ContextField | ContextTable>([
  ['ip', fieldOf('ip')],
  ['userAgent', fieldOf('user_agent')],
  ['sessionId', fieldOf('session_id')],
  [
    'page',
    new Map([
      ['url', fieldOf('page_url')],
      ['referrer', fieldOf('referrer')],
    ]),
  ],
  [
    'campaign',
    new Map([
      ['name', fieldOf('utm_campaign')],
      ['source', fieldOf('utm_source')],
      ['medium', fieldOf('utm_medium')],
      ['term', fieldOf('utm_term')],
      ['content', fieldOf('utm_content')],
    ]),
  ],
  ['device', new Map([['type', fieldOf('device_type')]])],
])

type Context = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the column says now what was sent; what cannot be read refuses nothing. */
function putColumn({ column, read }: ContextField, value: unknown, target: Target): boolean {
  if (value === null || value === '') return true
  const result = read(value)
  if (result instanceof Dropped) return false
  target[column] ??= result
  return target[column] === result
}

/** Reads into columns; answers what is left over, if anything. */
function readPart(sent: Context, table: ContextTable, target: Target): object | undefined {
  let rest: Record<string, unknown> | undefined
  for (const name in sent) {
    const field = table.get(name)
    let left = sent[name]
    if (field instanceof Map) {
      if (isObject(left)) left = readPart(left, field, target)
    } else if (field && putColumn(field as ContextField, left, target)) {
      continue
    }
    if (left === undefined) continue
    rest ??= {}
    putOwn(rest, name, left)
  }
  return rest
}

/** Fills the columns that the call itself left empty. */
export function readContext(context: Context, target: Target): void {
  const rest = readPart(context, CONTEXT, target)
  if (rest) putProperty(target, 'context', rest)
}
