/**
 * The REES46 file format: one event a line.
 *
 *   event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
 *   2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-..
 */
export const REES46_COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const
export type Rees46Column = (typeof REES46_COLUMNS)[number]
/** The cells as they stand in the file; a missing value is an empty text. */
export type Rees46Row = Readonly<Record<Rees46Column, string>>

const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?) UTC$/

/** Milliseconds since 1970 of `2019-10-01 00:00:00 UTC`; NaN where it is something else. */
export function rees46TimeOf(cell: string): number {
  const match = TIME.exec(cell)
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN
}

/** `2019-10-01 00:00:00 UTC`; milliseconds are cut off. */
export function rees46Time(time_ms: number): string {
  const iso = new Date(time_ms).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** The cells of a line. Quoted cells may hold commas and doubled quotes, but no line break. */
export function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let index = 0; index < line.length; index++) {
    const letter = line.charAt(index)
    if (letter === '"' && quoted && line.charAt(index + 1) === '"') {
      cell += '"'
      index++
    } else if (letter === '"') {
      quoted = !quoted
    } else if (letter === ',' && !quoted) {
      cells.push(cell)
      cell = ''
    } else {
      cell += letter
    }
  }
  cells.push(cell)
  return cells
}
